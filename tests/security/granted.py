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

OWN_ROWS = {
    "strategies",
    "strategy_versions",
    "backtests",
    "grids",
    "backtest_runs",
    "run_blocks",
    "profiles",
    "artifacts",
    "shares",
    "api_keys",
    "message_clients",
    "metrics",
    "equity_curves",
    "archived_runs",
}
"""Tables of which a signed-in user reads the own rows."""
HIDDEN = {
    "outbox",
    "held_results",
    "second_attempts",
    "idempotency",
    "rate_limits",
    "vendor_calls",
    "system_config",
    "product_events",
    "feedback",
    "datasets",
    "datasets_told",
}
"""Tables that no role reads."""
VIEWS = {"backtest_daily_returns": ("run_id", "run_id"), "strategy_summaries": ("strategy_id", "strategy_id")}
"""Views of own rows: a column with somebody's ids, and which of a person's ids stands there."""

FUNCTIONS: dict[str, set[str]] = {
    "lianghu_states alone": {
        "requester", "require_user", "emit", "close_blocks", "cancel_rest", "add_ledger", "expire_leases",
        "at_most", "bring_times_back", "plain_summary", "tell_finished",
        "refuse_return", "attempts", "backoff", "fail_block", "today", "beginning_of", "is_over_budget", "wants_panel", "add_artifacts",
        "note_artifacts", "note_curves", "note_metrics", "own_strategy", "next_version", "admitted", "count_request",
        "archive_body", "digest_of",
        "cancelled_for", "cancel_runs", "has_time", "end_runs", "fail_runs", "hold_block", "figures_of", "end_held",
        "stragglers", "claim_second", "change_places", "leave_block", "keep_second",
        "price", "weight", "whose_turn", "turn_at", "known_runs", "answer_known", "reuse_lock", "copy_metrics",
    },
    "authenticated": {
        "create_backtest", "count_known", "submit", "cancel_run", "cancel_grid", "request_ledger", "begin_idempotent", "finish_idempotent",
        "drop_idempotent", "admit", "create_key", "revoke_key",
        "create_message_client", "confirm_message_client", "rotate_message_client", "revoke_message_client", "find_archive", "restore_grid",
        "touch_profile", "give_feedback", "allowance", "count_event", "create_share",
        "revoke_share",
        "create_strategy", "pin_strategy", "add_strategy_version", "change_strategy", "delete_strategy", "create_signals",
    },
    "anon": {
        "count_event", "open_share", "admit_key",
    },
    "lianghu_worker": {
        "claim_plan", "extend_plan", "panel_ready", "plan_failed", "claim_block", "heartbeat", "complete_block", "enforce_budget",
        "next_straggler",
        "advance_frontier", "release_block", "panel_lost", "claim_aggregate", "ended_runs", "extend_aggregate", "release_aggregate",
        "count_trials", "finish_grid", "sweep", "dead_blocks", "mark_buried", "take_events", "mark_published",
        "ended_shares", "forget_shares",
        "grids_to_archive", "read_to_archive", "archive_grid", "archive_files_due", "archive_files_gone",
        "unneeded_folders",
        "find_message_client", "admit_message_client", "known_datasets", "dataset_bodies", "note_datasets",
    },
    "lianghu_ingest": {
        "take_call", "hold_calls",
    },
    "lianghu_operator": {
        "set_plan", "set_read_only", "people", "list_feedback", "read_config", "change_config", "measures", "status",
    },
}  # fmt: skip
"""Of schema lianghu, by the role that may call them; a function may stand in several rows."""
