-- Worksheets and logs of cognitive behavioural therapy.

CREATE TABLE cbt_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    situation TEXT NOT NULL,
    thought TEXT NOT NULL,
    evidence TEXT,
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME
);
CREATE INDEX idx_cbt_records_active ON cbt_records (username, deleted_at);
CREATE INDEX idx_cbt_records_username ON cbt_records (username);

CREATE TABLE breathing_exercises (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    exercise_type TEXT NOT NULL,
    duration_seconds INTEGER CHECK (duration_seconds > 0),
    pre_anxiety_level INTEGER CHECK (pre_anxiety_level BETWEEN 0 AND 10),
    post_anxiety_level INTEGER CHECK (post_anxiety_level BETWEEN 0 AND 10),
    notes TEXT,
    completed BOOLEAN NOT NULL DEFAULT 1 CHECK (completed IN (0, 1)),
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE relaxation_techniques (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    technique_type TEXT NOT NULL,
    duration_minutes INTEGER,
    effectiveness_rating INTEGER CHECK (effectiveness_rating BETWEEN 1 AND 10),
    body_scan_areas TEXT,
    notes TEXT,
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE sleep_diary (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    sleep_date DATE NOT NULL,
    bedtime TEXT,
    wake_time TEXT,
    time_to_fall_asleep INTEGER,
    times_woken INTEGER DEFAULT 0 CHECK (times_woken >= 0),
    total_sleep_hours REAL CHECK (total_sleep_hours >= 0),
    sleep_quality INTEGER CHECK (sleep_quality BETWEEN 1 AND 10),
    dreams_nightmares TEXT,
    factors_affecting TEXT,
    morning_mood INTEGER CHECK (morning_mood BETWEEN 1 AND 10),
    notes TEXT,
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE core_beliefs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    old_belief TEXT NOT NULL,
    belief_origin TEXT,
    evidence_for TEXT,
    evidence_against TEXT,
    new_balanced_belief TEXT,
    belief_strength_before INTEGER CHECK (belief_strength_before BETWEEN 0 AND 100),
    belief_strength_after INTEGER CHECK (belief_strength_after BETWEEN 0 AND 100),
    is_active BOOLEAN NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    last_reviewed DATETIME,
    deleted_at DATETIME
);

CREATE TABLE exposure_hierarchy (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    fear_situation TEXT NOT NULL,
    initial_suds INTEGER CHECK (initial_suds BETWEEN 0 AND 100),
    target_suds INTEGER CHECK (target_suds BETWEEN 0 AND 100),
    hierarchy_rank INTEGER,
    status TEXT DEFAULT 'not_started',
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE exposure_attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    exposure_id INTEGER NOT NULL REFERENCES exposure_hierarchy (id) ON DELETE CASCADE,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    pre_suds INTEGER CHECK (pre_suds BETWEEN 0 AND 100),
    peak_suds INTEGER CHECK (peak_suds BETWEEN 0 AND 100),
    post_suds INTEGER CHECK (post_suds BETWEEN 0 AND 100),
    duration_minutes INTEGER,
    coping_strategies_used TEXT,
    notes TEXT,
    attempt_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE problem_solving (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    problem_description TEXT NOT NULL,
    problem_importance INTEGER CHECK (problem_importance BETWEEN 1 AND 10),
    brainstormed_solutions TEXT,
    chosen_solution TEXT,
    action_steps TEXT,
    outcome TEXT,
    status TEXT DEFAULT 'in_progress',
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    completed_timestamp DATETIME
);

CREATE TABLE coping_cards (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    card_title TEXT NOT NULL,
    situation_trigger TEXT,
    unhelpful_thought TEXT,
    helpful_response TEXT,
    coping_strategies TEXT,
    is_favorite BOOLEAN NOT NULL DEFAULT 0 CHECK (is_favorite IN (0, 1)),
    times_used INTEGER NOT NULL DEFAULT 0,
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    last_used DATETIME,
    deleted_at DATETIME
);

CREATE TABLE self_compassion_journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    difficult_situation TEXT,
    self_critical_thoughts TEXT,
    common_humanity TEXT,
    kind_response TEXT,
    self_care_action TEXT,
    mood_before INTEGER CHECK (mood_before BETWEEN 1 AND 10),
    mood_after INTEGER CHECK (mood_after BETWEEN 1 AND 10),
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE cbt_tool_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    tool_type TEXT NOT NULL,
    data JSON NOT NULL,
    mood_rating INTEGER,
    notes TEXT,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME,
    UNIQUE (username, tool_type)
);
CREATE INDEX idx_cbt_tool_entries_tool_type ON cbt_tool_entries (username, tool_type);
CREATE INDEX idx_cbt_tool_entries_username ON cbt_tool_entries (username);
