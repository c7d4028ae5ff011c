-- Consent to training use and the masked data collected under it. Users appear
-- only as a keyed hash of their name.

CREATE TABLE data_consent (
    user_hash TEXT NOT NULL PRIMARY KEY,
    consent_given BOOLEAN NOT NULL DEFAULT 0 CHECK (consent_given IN (0, 1)),
    consent_date DATETIME,
    consent_withdrawn BOOLEAN NOT NULL DEFAULT 0 CHECK (consent_withdrawn IN (0, 1)),
    withdrawal_date DATETIME
);

CREATE TABLE training_chats (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_hash TEXT NOT NULL,
    user_hash TEXT NOT NULL REFERENCES data_consent (user_hash) ON DELETE CASCADE,
    message_role TEXT NOT NULL,
    message_content TEXT NOT NULL,
    timestamp DATETIME,
    mood_context INTEGER,
    assessment_severity TEXT
);

CREATE TABLE training_patterns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_hash TEXT NOT NULL REFERENCES data_consent (user_hash) ON DELETE CASCADE,
    pattern_type TEXT NOT NULL,
    pattern_data JSON NOT NULL,
    effectiveness_score REAL,
    timestamp DATETIME
);

CREATE TABLE training_outcomes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_hash TEXT NOT NULL REFERENCES data_consent (user_hash) ON DELETE CASCADE,
    baseline_phq9 INTEGER,
    baseline_gad7 INTEGER,
    followup_phq9 INTEGER,
    followup_gad7 INTEGER,
    days_between INTEGER,
    interventions_used TEXT,
    improvement_score REAL,
    timestamp DATETIME
);

-- Kept after the data and the consent are gone: no foreign key.
CREATE TABLE training_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_hash TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT,
    timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);
