"""What each database role may do, written down once more and apart from the migrations: a new table or function must be entered here."""

ROLES = (
    "anon",
    "authenticated",
    "lianghu_worker",
    "lianghu_ingest",
    "lianghu_operator",
)
"""Those that a transaction of ours may run as. `lianghu_states` owns the functions and is taken by nobody."""

LOGIN = "lianghu_login"
LOGIN_TAKES = {"anon", "authenticated", "lianghu_worker", "lianghu_ingest"}
"""The login in DATABASE_URL of the functions. Never the operator's role, nor one that bypasses row-level security."""

OWN_ROWS = {"archived_runs", "strategies", "strategy_versions", "backtests", "grids", "backtest_runs", "run_blocks", "profiles", "api_keys"}
"""Tables of which a signed-in user reads the own rows."""
HIDDEN = {"datasets", "outbox", "idempotency", "rate_limits", "vendor_calls", "system_config", "product_events", "feedback"}
"""Tables that no role reads."""
VIEWS: set[str] = set()
"""Views of own rows."""

FUNCTIONS: dict[str, set[str]] = {
    "lianghu_states alone": {
        "archive_body", "digest_of",
        "requester", "require_user", "emit", "close_blocks", "cancel_rest", "add_ledger", "expire_leases", "plain_summary", "refuse_return",
        "attempts", "backoff", "fail_block", "today", "beginning_of", "is_over_budget", "wants_panel", "add_artifacts", "count_request", "admitted",
    },
    "authenticated": {
        "find_archive", "restore_grid",
        "create_strategy_version", "create_backtest", "submit", "cancel_run", "cancel_grid", "request_ledger", "begin_idempotent",
        "finish_idempotent", "drop_idempotent", "admit", "create_key", "revoke_key", "touch_profile", "give_feedback", "allowance", "count_event",
    },
    "anon": {"admit_key", "count_event"},
    "lianghu_worker": {
        "grids_to_archive", "read_to_archive", "archive_grid", "archive_files_due", "archive_files_gone",
        "known_datasets", "dataset_bodies", "note_datasets",
        "claim_plan", "extend_plan", "panel_ready", "plan_failed", "claim_block", "heartbeat", "complete_block", "enforce_budget",
        "release_block", "panel_lost", "claim_aggregate", "extend_aggregate", "release_aggregate", "count_trials", "finish_grid", "sweep",
        "dead_blocks", "mark_buried", "take_events", "mark_published",
    },
    "lianghu_ingest": {"take_call", "hold_calls"},
    "lianghu_operator": {"set_plan", "set_read_only", "people", "list_feedback", "read_config", "change_config", "measures"},
}  # fmt: skip
"""Of schema lianghu, by the role that may call them; a function may stand in several rows."""
