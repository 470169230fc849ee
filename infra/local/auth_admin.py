"""The calls of Supabase Auth that administer accounts, for whoever holds the service key."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field

from infra.local import auth_answers
from infra.local.accounts import LinkKind
from infra.local.administration import Administration
from infra.local.refusals import AuthError
from infra.local.tokens import Signer, bearer


class Attributes(BaseModel):
    """Of Supabase's AdminUserAttributes those that mean something here."""

    email: str | None = None
    password: str | None = None
    email_confirm: bool | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    ban_duration: str | None = Field(None, max_length=20)


class Removal(BaseModel):
    should_soft_delete: bool = False


class Invitation(BaseModel):
    email: str
    data: dict[str, Any] | None = None


class Link(Invitation):
    type: LinkKind
    password: str | None = None


def admin_routes(administration: Administration, signer: Signer) -> APIRouter:
    def service(authorization: Annotated[str, Header()] = "") -> None:
        token = bearer(authorization)
        if not token:
            raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
        if not signer.is_service(token):
            raise AuthError(403, "not_admin", "User not allowed")

    router = APIRouter(dependencies=[Depends(service)])

    @router.get("/admin/users")
    def list_users(response: Response, page: int = 1, per_page: int = 50) -> dict[str, Any]:
        rows, total = administration.users(page, per_page)
        response.headers["X-Total-Count"] = str(total)
        return {"users": [auth_answers.user(row) for row in rows], "aud": "authenticated"}

    @router.post("/admin/users")
    def create_user(given: Attributes) -> dict[str, Any]:
        return auth_answers.user(administration.create(given.model_dump(exclude_none=True)))

    @router.get("/admin/users/{user_id}")
    def get_user(user_id: UUID) -> dict[str, Any]:
        return auth_answers.user(administration.user(user_id))

    @router.put("/admin/users/{user_id}")
    def update_user(user_id: UUID, given: Attributes) -> dict[str, Any]:
        return auth_answers.user(administration.change(user_id, given.model_dump(exclude_none=True)))

    @router.delete("/admin/users/{user_id}")
    def delete_user(user_id: UUID, given: Removal | None = None) -> dict[str, Any]:
        if given and given.should_soft_delete:
            raise AuthError(400, "validation_failed", "soft deletion is not kept on this machine: delete for good, or ban")
        administration.remove(user_id)
        return {}

    @router.post("/invite")
    def invite(given: Invitation) -> dict[str, Any]:
        """No mail leaves this machine: /admin/generate_link says the link."""
        user, _ = administration.link("invite", given.email, None, given.data or {})
        return auth_answers.user(user)

    @router.post("/admin/generate_link")
    def generate_link(given: Link, request: Request) -> dict[str, Any]:
        user, token = administration.link(given.type, given.email, given.password, given.data or {})
        page = request.query_params.get("redirect_to", signer.issuer.removesuffix("/auth/v1"))
        link = f"{signer.issuer}/verify?{urlencode({'token': token, 'type': given.type, 'redirect_to': page})}"
        words = {"action_link": link, "email_otp": "", "hashed_token": token, "verification_type": given.type, "redirect_to": page}
        return {**auth_answers.user(user), **words}

    return router
