-- Personal values and the goals drawn from them.

CREATE TABLE values_clarification (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    value_name TEXT NOT NULL,
    value_description TEXT,
    importance_rating INTEGER CHECK (importance_rating BETWEEN 1 AND 10),
    current_alignment INTEGER CHECK (current_alignment BETWEEN 0 AND 100),
    life_area TEXT,
    related_goals TEXT,
    is_active BOOLEAN NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    last_reviewed DATETIME
);

-- A goal outlives the value it was drawn from.
CREATE TABLE goals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    goal_title TEXT NOT NULL,
    goal_description TEXT,
    goal_type TEXT,
    target_date DATE,
    related_value_id INTEGER REFERENCES values_clarification (id) ON DELETE SET NULL,
    status TEXT DEFAULT 'active',
    progress_percentage INTEGER DEFAULT 0 CHECK (progress_percentage BETWEEN 0 AND 100),
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    completed_timestamp DATETIME,
    deleted_at DATETIME
);
CREATE INDEX idx_goals_active ON goals (username, deleted_at);

CREATE TABLE goal_milestones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    goal_id INTEGER NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    milestone_title TEXT NOT NULL,
    milestone_description TEXT,
    target_date DATE,
    is_completed BOOLEAN NOT NULL DEFAULT 0 CHECK (is_completed IN (0, 1)),
    completed_timestamp DATETIME,
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME
);

CREATE TABLE goal_checkins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    goal_id INTEGER NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    progress_notes TEXT,
    obstacles TEXT,
    next_steps TEXT,
    motivation_level INTEGER CHECK (motivation_level BETWEEN 1 AND 10),
    checkin_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);
