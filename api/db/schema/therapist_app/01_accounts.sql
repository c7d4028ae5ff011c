-- Accounts and what is needed to open one.

CREATE TABLE users (
    username TEXT NOT NULL PRIMARY KEY,
    password TEXT NOT NULL,
    pin TEXT,
    last_login TIMESTAMP,
    full_name TEXT,
    dob TEXT,
    conditions TEXT,
    role TEXT NOT NULL DEFAULT 'user',
    clinician_id TEXT,
    disclaimer_accepted BOOLEAN NOT NULL DEFAULT 0 CHECK (disclaimer_accepted IN (0, 1)),
    email TEXT,
    phone TEXT,
    reset_token TEXT,
    reset_token_expiry DATETIME,
    country TEXT,
    area TEXT,
    postcode TEXT,
    nhs_number TEXT,
    professional_id TEXT,
    email_hash TEXT UNIQUE,
    phone_hash TEXT UNIQUE
);
CREATE INDEX idx_users_clinician_id ON users (clinician_id);
CREATE INDEX idx_users_role ON users (role);

CREATE TABLE sessions (
    session_id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    title TEXT,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_sessions_username ON sessions (username);

CREATE TABLE verification_codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier TEXT NOT NULL,
    code TEXT NOT NULL,
    method TEXT NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    expires_at DATETIME NOT NULL,
    verified BOOLEAN NOT NULL DEFAULT 0 CHECK (verified IN (0, 1))
);
CREATE INDEX idx_verification_codes_identifier ON verification_codes (identifier);
