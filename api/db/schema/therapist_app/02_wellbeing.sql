-- What a patient logs day by day, and the tasks and streaks counted from it.

CREATE TABLE gratitude_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    entry TEXT NOT NULL,
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME
);
CREATE INDEX idx_gratitude_logs_username ON gratitude_logs (username);

CREATE TABLE mood_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    mood_val INTEGER NOT NULL CHECK (mood_val BETWEEN 1 AND 10),
    sleep_val REAL CHECK (sleep_val BETWEEN 0 AND 10),
    meds TEXT,
    notes TEXT,
    sentiment TEXT,
    exercise_mins INTEGER DEFAULT 0 CHECK (exercise_mins >= 0),
    outside_mins INTEGER DEFAULT 0 CHECK (outside_mins >= 0),
    water_pints REAL DEFAULT 0 CHECK (water_pints >= 0),
    entrestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME,
    log_date DATE NOT NULL,
    UNIQUE (username, log_date)
);
CREATE INDEX idx_mood_logs_active ON mood_logs (username, deleted_at);
CREATE INDEX idx_mood_logs_entrestamp ON mood_logs (entrestamp);
CREATE INDEX idx_mood_logs_username ON mood_logs (username);
CREATE INDEX idx_mood_logs_username_entrestamp ON mood_logs (username, entrestamp);

CREATE TABLE clinical_scales (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    scale_name TEXT NOT NULL,
    score INTEGER NOT NULL CHECK (score >= 0),
    severity TEXT,
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_clinical_scales_entry_timestamp ON clinical_scales (entry_timestamp);
CREATE INDEX idx_clinical_scales_username ON clinical_scales (username);

CREATE TABLE safety_plans (
    username TEXT NOT NULL PRIMARY KEY REFERENCES users (username) ON DELETE CASCADE,
    triggers TEXT,
    coping TEXT,
    contacts TEXT,
    professional_contacts TEXT
);

CREATE TABLE daily_tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    task_type TEXT NOT NULL,
    completed BOOLEAN NOT NULL DEFAULT 0 CHECK (completed IN (0, 1)),
    completed_at DATETIME,
    task_date DATE NOT NULL DEFAULT CURRENT_DATE,
    UNIQUE (username, task_type, task_date)
);
CREATE INDEX idx_daily_tasks_username ON daily_tasks (username);
CREATE INDEX idx_daily_tasks_username_date ON daily_tasks (username, task_date);

CREATE TABLE daily_streaks (
    username TEXT NOT NULL PRIMARY KEY REFERENCES users (username) ON DELETE CASCADE,
    current_streak INTEGER NOT NULL DEFAULT 0 CHECK (current_streak >= 0),
    longest_streak INTEGER NOT NULL DEFAULT 0 CHECK (longest_streak >= 0),
    last_complete_date DATE,
    total_bonus_coins INTEGER NOT NULL DEFAULT 0 CHECK (total_bonus_coins >= 0),
    total_bonus_xp INTEGER NOT NULL DEFAULT 0 CHECK (total_bonus_xp >= 0)
);
