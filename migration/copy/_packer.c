/*
 * The compiled packer: rows of SQLite to the bytes of binary COPY, without Python objects between.
 *
 * It only packs what is plainly right. At a value that needs a second look it gives the whole chunk
 * back, and `pack.py` decides about its rows: so there is one meaning, and this file can be wrong
 * only by being too careful. Columns for which it has no code of its own (JSON, numerics, mended
 * values) go through a Python function that is handed in.
 *
 * Built by `build.py`, loaded and driven by `native.py`.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_ROW ((size_t)(1u << 30) - 64)
#define SECOND INT64_C(1000000)
#define DAY (INT64_C(86400) * SECOND)
/* Days from 0001-01-01 to 2000-01-01, and the first and last microsecond that Python can tell. */
#define DAYS_TO_EPOCH 730119
#define FIRST_MOMENT (-DAYS_TO_EPOCH * DAY)
#define LAST_MOMENT (INT64_C(2921940) * DAY - 1)

enum outcome { PACKED, UNUSUAL, NO_MEMORY };

/* ---- a buffer that grows ---- */

typedef struct {
    char *bytes;
    size_t used, room;
} Buffer;

static int grow(Buffer *buffer, size_t more)
{
    size_t room = buffer->room ? buffer->room : 1 << 16;
    while (room - buffer->used < more)
        room *= 2;
    char *bytes = realloc(buffer->bytes, room);
    if (!bytes)
        return 0;
    buffer->bytes = bytes;
    buffer->room = room;
    return 1;
}

static inline char *reserve(Buffer *buffer, size_t more)
{
    if (buffer->room - buffer->used < more && !grow(buffer, more))
        return NULL;
    char *place = buffer->bytes + buffer->used;
    buffer->used += more;
    return place;
}

static void put32(char *place, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(place, &value, 4);
}

static void put64(char *place, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(place, &value, 8);
}

static enum outcome append_null(Buffer *out)
{
    char *place = reserve(out, 4);
    if (!place)
        return NO_MEMORY;
    put32(place, UINT32_MAX);
    return PACKED;
}

static enum outcome append_64(Buffer *out, uint64_t value)
{
    char *place = reserve(out, 12);
    if (!place)
        return NO_MEMORY;
    put32(place, 8);
    put64(place + 4, value);
    return PACKED;
}

static enum outcome append_32(Buffer *out, uint32_t value)
{
    char *place = reserve(out, 8);
    if (!place)
        return NO_MEMORY;
    put32(place, 4);
    put32(place + 4, value);
    return PACKED;
}

static enum outcome append_bytes(Buffer *out, const void *bytes, size_t size)
{
    if (size > LONGEST_ROW)
        return UNUSUAL;
    char *place = reserve(out, 4 + size);
    if (!place)
        return NO_MEMORY;
    put32(place, (uint32_t)size);
    if (size)
        memcpy(place + 4, bytes, size);
    return PACKED;
}

/* ---- text ---- */

/*
 * UTF-8 as Python reads it strictly (RFC 3629, section 4), and no NUL. Where it is not plain ASCII
 * it costs one look-up a byte and no branch: a byte's word holds, six bits for each state, the
 * state that follows. A state is the place of its bits. There is no way out of WRONG.
 */
enum state {
    WRONG, BETWEEN = 6, ONE_MORE = 12, TWO_MORE = 18, THREE_MORE = 24,
    AFTER_E0 = 30, AFTER_ED = 36, AFTER_F0 = 42, AFTER_F4 = 48
};

static uint64_t next_states[256];

static void follow(enum state from, int first, int last, enum state to)
{
    for (int byte = first; byte <= last; byte++)
        next_states[byte] |= (uint64_t)to << from;
}

static void make_states(void)
{
    follow(BETWEEN, 0x01, 0x7f, BETWEEN);
    follow(BETWEEN, 0xc2, 0xdf, ONE_MORE);
    follow(BETWEEN, 0xe0, 0xe0, AFTER_E0);
    follow(BETWEEN, 0xe1, 0xec, TWO_MORE);
    follow(BETWEEN, 0xed, 0xed, AFTER_ED);
    follow(BETWEEN, 0xee, 0xef, TWO_MORE);
    follow(BETWEEN, 0xf0, 0xf0, AFTER_F0);
    follow(BETWEEN, 0xf1, 0xf3, THREE_MORE);
    follow(BETWEEN, 0xf4, 0xf4, AFTER_F4);
    follow(ONE_MORE, 0x80, 0xbf, BETWEEN);
    follow(TWO_MORE, 0x80, 0xbf, ONE_MORE);
    follow(THREE_MORE, 0x80, 0xbf, TWO_MORE);
    follow(AFTER_E0, 0xa0, 0xbf, ONE_MORE);
    follow(AFTER_ED, 0x80, 0x9f, ONE_MORE);
    follow(AFTER_F0, 0x90, 0xbf, TWO_MORE);
    follow(AFTER_F4, 0x80, 0x8f, TWO_MORE);
}

/* Say whether no byte of eight is above 127, and none is zero. */
static int is_plain_ascii(const unsigned char *at)
{
    const uint64_t high = UINT64_C(0x8080808080808080), low = UINT64_C(0x0101010101010101);
    uint64_t eight;
    memcpy(&eight, at, 8);
    return !((eight | (eight - low)) & high);
}

static int is_plain_text(const unsigned char *at, size_t size)
{
    const unsigned char *end = at + size;
    uint64_t state = BETWEEN;
    while (end - at >= 8) {
        if ((state & 63) == BETWEEN && is_plain_ascii(at)) {
            at += 8;
            continue;
        }
#pragma GCC unroll 8
        for (int n = 0; n < 8; n++)
            state = next_states[*at++] >> (state & 63);
    }
    while (at < end)
        state = next_states[*at++] >> (state & 63);
    return (state & 63) == BETWEEN;
}

/* ---- the digest of a row: XXH64 without a seed, as the module xxhash computes it ---- */

#define P1 UINT64_C(11400714785074694791)
#define P2 UINT64_C(14029467366897019727)
#define P3 UINT64_C(1609587929392839161)
#define P4 UINT64_C(9650029242287828579)
#define P5 UINT64_C(2870177450012600261)

static uint64_t rotated(uint64_t value, int by)
{
    return value << by | value >> (64 - by);
}

static uint64_t loaded64(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

static uint64_t stirred(uint64_t lane, uint64_t input)
{
    return rotated(lane + input * P2, 31) * P1;
}

static uint64_t merged(uint64_t hash, uint64_t lane)
{
    return (hash ^ stirred(0, lane)) * P1 + P4;
}

static uint64_t digest_of(const unsigned char *at, size_t size)
{
    const unsigned char *end = at + size;
    uint64_t hash = P5;
    if (size >= 32) {
        uint64_t a = P1 + P2, b = P2, c = 0, d = 0 - P1;
        for (; end - at >= 32; at += 32) {
            a = stirred(a, loaded64(at));
            b = stirred(b, loaded64(at + 8));
            c = stirred(c, loaded64(at + 16));
            d = stirred(d, loaded64(at + 24));
        }
        hash = rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
        hash = merged(merged(merged(merged(hash, a), b), c), d);
    }
    hash += size;
    for (; end - at >= 8; at += 8)
        hash = rotated(hash ^ stirred(0, loaded64(at)), 27) * P1 + P4;
    if (end - at >= 4) {
        uint32_t four;
        memcpy(&four, at, 4);
        hash = rotated(hash ^ four * P1, 23) * P2 + P3;
        at += 4;
    }
    for (; at < end; at++)
        hash = rotated(hash ^ *at * P5, 11) * P1;
    hash = (hash ^ hash >> 33) * P2;
    hash = (hash ^ hash >> 29) * P3;
    return hash ^ hash >> 32;
}

/* ---- dates and moments ---- */

/* Read digits; -1 where one is not. */
static int digits(const char *at, int count)
{
    int value = 0;
    for (int n = 0; n < count; n++) {
        if (at[n] < '0' || at[n] > '9')
            return -1;
        value = value * 10 + (at[n] - '0');
    }
    return value;
}

/* Read YYYY-MM-DD as days from 2000-01-01. */
static int read_day(const char *at, int64_t *day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int y = digits(at, 4), m = digits(at + 5, 2), d = digits(at + 8, 2);
    if (y < 1 || m < 1 || m > 12 || d < 1 || at[4] != '-' || at[7] != '-')
        return 0;
    int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (d > lengths[m - 1] + (m == 2 && leap))
        return 0;
    int64_t past = y - 1;
    *day = past * 365 + past / 4 - past / 100 + past / 400;
    *day += before[m - 1] + (m > 2 && leap) + d - 1 - DAYS_TO_EPOCH;
    return 1;
}

/* Read Z, +HH, +HHMM or +HH:MM up to the end as microseconds ahead of UTC. */
static int read_zone(const char *at, int size, int64_t *ahead)
{
    if (size == 1 && *at == 'Z')
        return 1;
    int colon = size == 6 && at[3] == ':';
    if ((*at != '+' && *at != '-') || !(size == 3 || size == 5 || colon))
        return 0;
    int hours = digits(at + 1, 2), minutes = size == 3 ? 0 : digits(at + size - 2, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return 0;
    *ahead = (hours * INT64_C(60) + minutes) * 60 * SECOND * (*at == '-' ? -1 : 1);
    return 1;
}

static int read_moment(const char *at, int size, int64_t *moment)
{
    int64_t day, ahead = 0;
    if (size < 19 || !read_day(at, &day) || (at[10] != ' ' && at[10] != 'T'))
        return 0;
    int h = digits(at + 11, 2), m = digits(at + 14, 2), s = digits(at + 17, 2);
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || at[13] != ':' || at[16] != ':')
        return 0;
    int64_t micros = ((h * INT64_C(60) + m) * 60 + s) * SECOND;
    int next = 19;
    if (next < size && at[next] == '.') {
        int64_t unit = SECOND / 10;
        int first = ++next;
        for (; next < size && at[next] >= '0' && at[next] <= '9' && unit; next++, unit /= 10)
            micros += (at[next] - '0') * unit;
        if (next == first)
            return 0;
    }
    if (next < size && !read_zone(at + next, size - next, &ahead))
        return 0;
    *moment = day * DAY + micros - ahead;
    return *moment >= FIRST_MOMENT && *moment <= LAST_MOMENT;
}

/* ---- Connection: a SQLite file, read as of one moment ---- */

static PyObject *sqlite_error, *connection_type, *packing_type;

typedef struct {
    PyObject_HEAD
    sqlite3 *db;
} Connection;

static PyObject *raise_sqlite(sqlite3 *db)
{
    PyErr_SetString(sqlite_error, db ? sqlite3_errmsg(db) : "the connection is closed");
    return NULL;
}

static int connection_init(Connection *self, PyObject *args, PyObject *kwargs)
{
    const char *uri;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "s", &uri))
        return -1;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(uri, &self->db, flags, NULL) != SQLITE_OK) {
        raise_sqlite(self->db);
        sqlite3_close_v2(self->db);
        self->db = NULL;
        return -1;
    }
    sqlite3_busy_timeout(self->db, 10000);
    return 0;
}

static void connection_free(Connection *self)
{
    PyTypeObject *type = Py_TYPE(self);
    sqlite3_close_v2(self->db);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *execute(Connection *self, const char *sql)
{
    int status;
    if (!self->db)
        return raise_sqlite(NULL);
    Py_BEGIN_ALLOW_THREADS
    status = sqlite3_exec(self->db, sql, NULL, NULL, NULL);
    Py_END_ALLOW_THREADS
    if (status != SQLITE_OK)
        return raise_sqlite(self->db);
    Py_RETURN_NONE;
}

static PyObject *connection_begin(Connection *self, PyObject *unused)
{
    (void)unused;
    return execute(self, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
}

static PyObject *connection_end(Connection *self, PyObject *unused)
{
    (void)unused;
    return execute(self, "ROLLBACK");
}

static PyObject *connection_close(Connection *self, PyObject *unused)
{
    (void)unused;
    sqlite3_close_v2(self->db);
    self->db = NULL;
    Py_RETURN_NONE;
}

/* ---- Packing: one range of one table on its way ---- */

typedef struct {
    char kind;
    char nullable;
    PyObject *encode;
} Column;

typedef struct {
    PyObject_HEAD
    Connection *connection;
    sqlite3_stmt *statement;
    Column *columns;
    int count, hidden, holds_python;
    Py_ssize_t places;
    int *place;
    Buffer out;
} Packing;

static PyObject *value_of(sqlite3_stmt *row, int place)
{
    sqlite3_value *value = sqlite3_column_value(row, place);
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        return PyLong_FromLongLong(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
        return PyFloat_FromDouble(sqlite3_value_double(value));
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_value_text(value);
        return PyUnicode_DecodeUTF8(text, sqlite3_value_bytes(value), "surrogateescape");
    }
    case SQLITE_BLOB: {
        const char *bytes = sqlite3_value_blob(value);
        return PyBytes_FromStringAndSize(bytes, sqlite3_value_bytes(value));
    }
    default:
        Py_RETURN_NONE;
    }
}

/* Let Python pack a value, NULL included; whatever it raises makes the row unusual. */
static enum outcome append_by_python(Buffer *out, PyObject *encode, sqlite3_stmt *row, int place)
{
    PyObject *value = value_of(row, place);
    PyObject *field = value ? PyObject_CallOneArg(encode, value) : NULL;
    enum outcome outcome = UNUSUAL;
    Py_XDECREF(value);
    if (field && PyBytes_Check(field)) {
        char *to = reserve(out, PyBytes_GET_SIZE(field));
        outcome = to ? PACKED : NO_MEMORY;
        if (to)
            memcpy(to, PyBytes_AS_STRING(field), PyBytes_GET_SIZE(field));
    }
    Py_XDECREF(field);
    PyErr_Clear();
    return outcome;
}

static enum outcome append_text(Buffer *out, char kind, sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    int size = sqlite3_value_bytes(value);
    int64_t number;
    if (!text)
        return NO_MEMORY;
    switch (kind) {
    case 't':
        return is_plain_text((const unsigned char *)text, size) ? append_bytes(out, text, size)
                                                                : UNUSUAL;
    case 'm':
        return read_moment(text, size, &number) ? append_64(out, (uint64_t)number) : UNUSUAL;
    default:
        return size == 10 && read_day(text, &number) ? append_32(out, (uint32_t)number) : UNUSUAL;
    }
}

static enum outcome append_field(Buffer *out, const Column *column, sqlite3_stmt *row, int place)
{
    if (column->encode)
        return append_by_python(out, column->encode, row, place);
    /* Nobody else uses the connection, so the value needs no protection by a copy. */
    sqlite3_value *value = sqlite3_column_value(row, place);
    int stored = sqlite3_value_type(value);
    if (stored == SQLITE_NULL)
        return column->nullable ? append_null(out) : UNUSUAL;
    switch (column->kind) {
    case 'i':
        return stored == SQLITE_INTEGER ? append_64(out, (uint64_t)sqlite3_value_int64(value))
                                        : UNUSUAL;
    case 'r': {
        double number = sqlite3_value_double(value);
        uint64_t bits;
        memcpy(&bits, &number, 8);
        return stored == SQLITE_FLOAT ? append_64(out, bits) : UNUSUAL;
    }
    case 'b': {
        int64_t flag = sqlite3_value_int64(value);
        char truth = (char)flag;
        if (stored != SQLITE_INTEGER || (flag != 0 && flag != 1))
            return UNUSUAL;
        return append_bytes(out, &truth, 1);
    }
    case 'x':
        if (stored != SQLITE_BLOB)
            return UNUSUAL;
        return append_bytes(out, sqlite3_value_blob(value), sqlite3_value_bytes(value));
    default:
        return stored == SQLITE_TEXT ? append_text(out, column->kind, value) : UNUSUAL;
    }
}

static enum outcome append_row(Packing *self)
{
    size_t begin = self->out.used;
    char *head = reserve(&self->out, 2);
    if (!head)
        return NO_MEMORY;
    head[0] = (char)(self->count >> 8);
    head[1] = (char)self->count;
    for (int n = 0; n < self->count; n++) {
        enum outcome outcome =
            append_field(&self->out, &self->columns[n], self->statement, self->hidden + n);
        if (outcome == PACKED && self->out.used - begin > LONGEST_ROW)
            outcome = UNUSUAL;
        if (outcome != PACKED) {
            self->out.used = begin;
            return outcome;
        }
    }
    return PACKED;
}

static int bind(sqlite3_stmt *statement, int place, PyObject *value)
{
    if (PyLong_Check(value))
        return sqlite3_bind_int64(statement, place, PyLong_AsLongLong(value));
    if (PyFloat_Check(value))
        return sqlite3_bind_double(statement, place, PyFloat_AS_DOUBLE(value));
    if (PyBytes_Check(value))
        return sqlite3_bind_blob(statement, place, PyBytes_AS_STRING(value),
                                 (int)PyBytes_GET_SIZE(value), SQLITE_TRANSIENT);
    if (PyUnicode_Check(value)) {
        PyObject *text = PyUnicode_AsEncodedString(value, "utf-8", "surrogateescape");
        if (!text)
            return SQLITE_MISUSE;
        int status = sqlite3_bind_text(statement, place, PyBytes_AS_STRING(text),
                                       (int)PyBytes_GET_SIZE(text), SQLITE_TRANSIENT);
        Py_DECREF(text);
        return status;
    }
    return SQLITE_MISMATCH;
}

static int read_columns(Packing *self, const char *kinds, const char *nullable, PyObject *encoders)
{
    self->count = (int)strlen(kinds);
    self->columns = calloc(self->count + 1, sizeof(Column));
    if (!self->columns)
        return 0;
    for (int n = 0; n < self->count; n++) {
        PyObject *encode = PyTuple_GET_ITEM(encoders, n);
        self->columns[n].kind = kinds[n];
        self->columns[n].nullable = nullable[n] == 'y';
        if (encode != Py_None) {
            self->columns[n].encode = Py_NewRef(encode);
            self->holds_python = 1;
        }
    }
    return 1;
}

static int read_places(Packing *self, PyObject *places)
{
    self->places = PyTuple_GET_SIZE(places);
    self->place = calloc(self->places + 1, sizeof(int));
    if (!self->place)
        return 0;
    for (Py_ssize_t n = 0; n < self->places; n++)
        self->place[n] = (int)PyLong_AsLong(PyTuple_GET_ITEM(places, n));
    return !PyErr_Occurred();
}

static int packing_init(Packing *self, PyObject *args, PyObject *kwargs)
{
    const char *sql, *kinds, *nullable;
    PyObject *connection, *values, *encoders, *places;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "O!sO!ssO!iO!", connection_type, &connection, &sql,
                          &PyTuple_Type, &values, &kinds, &nullable, &PyTuple_Type, &encoders,
                          &self->hidden, &PyTuple_Type, &places))
        return -1;
    self->connection = (Connection *)Py_NewRef(connection);
    sqlite3 *db = self->connection->db;
    if (!db) {
        raise_sqlite(NULL);
        return -1;
    }
    if (!read_columns(self, kinds, nullable, encoders) || !read_places(self, places)) {
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        return -1;
    }
    int status = sqlite3_prepare_v2(db, sql, -1, &self->statement, NULL);
    for (Py_ssize_t n = 0; status == SQLITE_OK && n < PyTuple_GET_SIZE(values); n++)
        status = bind(self->statement, (int)n + 1, PyTuple_GET_ITEM(values, n));
    if (status != SQLITE_OK && !PyErr_Occurred())
        raise_sqlite(db);
    return status == SQLITE_OK ? 0 : -1;
}

static void packing_free(Packing *self)
{
    PyTypeObject *type = Py_TYPE(self);
    sqlite3_finalize(self->statement);
    for (int n = 0; self->columns && n < self->count; n++)
        Py_XDECREF(self->columns[n].encode);
    free(self->columns);
    free(self->place);
    free(self->out.bytes);
    Py_XDECREF(self->connection);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *position_of(Packing *self)
{
    PyObject *position = PyTuple_New(self->places);
    for (Py_ssize_t n = 0; position && n < self->places; n++) {
        PyObject *value = value_of(self->statement, self->place[n]);
        if (!value)
            Py_CLEAR(position);
        else
            PyTuple_SET_ITEM(position, n, value);
    }
    return position;
}

typedef struct {
    long rows;
    int status;
    enum outcome outcome;
    uint64_t sum[2];
} Filled;

/* Pack rows until there are enough; the last one stays the statement's present row. */
static Filled fill(Packing *self, long most_rows, size_t enough)
{
    Filled filled = {0, SQLITE_ROW, PACKED, {0, 0}};
    self->out.used = 0;
    while (filled.rows < most_rows && self->out.used < enough && filled.outcome == PACKED) {
        size_t begin = self->out.used;
        filled.status = sqlite3_step(self->statement);
        if (filled.status != SQLITE_ROW)
            break;
        filled.outcome = append_row(self);
        filled.rows++;
        const unsigned char *row = (const unsigned char *)self->out.bytes + begin;
        uint64_t digest = digest_of(row, self->out.used - begin);
        filled.sum[0] += digest;
        filled.sum[1] += filled.sum[0] < digest;
    }
    return filled;
}

/* Return (data, rows, position or None at the end, sum of digests in two halves), or None. */
static PyObject *packing_next(Packing *self, PyObject *args)
{
    long most_rows;
    Py_ssize_t enough;
    Filled filled;
    if (!PyArg_ParseTuple(args, "ln", &most_rows, &enough))
        return NULL;
    if (self->holds_python) {
        filled = fill(self, most_rows, (size_t)enough);
    }
    else {
        Py_BEGIN_ALLOW_THREADS
        filled = fill(self, most_rows, (size_t)enough);
        Py_END_ALLOW_THREADS
    }
    if (filled.outcome == NO_MEMORY)
        return PyErr_NoMemory();
    if (filled.outcome == UNUSUAL)
        Py_RETURN_NONE;
    if (filled.status != SQLITE_ROW && filled.status != SQLITE_DONE)
        return raise_sqlite(self->connection->db);
    PyObject *position =
        filled.status == SQLITE_DONE ? Py_NewRef(Py_None) : position_of(self);
    if (!position)
        return NULL;
    return Py_BuildValue("y#lNKK", self->out.bytes, (Py_ssize_t)self->out.used, filled.rows,
                         position, filled.sum[1], filled.sum[0]);
}

/* ---- the module ---- */

static PyObject *heap_limit(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyLong_FromLongLong(sqlite3_soft_heap_limit64(-1));
}

static PyMethodDef connection_methods[] = {
    {"begin", (PyCFunction)connection_begin, METH_NOARGS, "Read as of this moment from now on."},
    {"end", (PyCFunction)connection_end, METH_NOARGS, "See what is there now again."},
    {"close", (PyCFunction)connection_close, METH_NOARGS, "Let go of the file."},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef packing_methods[] = {
    {"next", (PyCFunction)packing_next, METH_VARARGS, "Pack about so many rows and bytes."},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef functions[] = {
    {"heap_limit", heap_limit, METH_NOARGS, "Return a setting of the SQLite that is linked here."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot connection_slots[] = {
    {Py_tp_init, connection_init},
    {Py_tp_dealloc, connection_free},
    {Py_tp_methods, connection_methods},
    {Py_tp_new, PyType_GenericNew},
    {0, NULL},
};

static PyType_Slot packing_slots[] = {
    {Py_tp_init, packing_init},
    {Py_tp_dealloc, packing_free},
    {Py_tp_methods, packing_methods},
    {Py_tp_new, PyType_GenericNew},
    {0, NULL},
};

static PyType_Spec connection_spec = {
    "_packer.Connection", sizeof(Connection), 0, Py_TPFLAGS_DEFAULT, connection_slots,
};

static PyType_Spec packing_spec = {
    "_packer.Packing", sizeof(Packing), 0, Py_TPFLAGS_DEFAULT, packing_slots,
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_packer", NULL, -1, functions, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__packer(void)
{
    make_states();
    PyObject *module = PyModule_Create(&definition);
    PyObject *sqlite = PyImport_ImportModule("sqlite3");
    if (!module || !sqlite)
        return NULL;
    sqlite_error = PyObject_GetAttrString(sqlite, "DatabaseError");
    Py_DECREF(sqlite);
    connection_type = PyType_FromSpec(&connection_spec);
    packing_type = PyType_FromSpec(&packing_spec);
    if (!sqlite_error || !connection_type || !packing_type
        || PyModule_AddObjectRef(module, "Connection", connection_type) < 0
        || PyModule_AddObjectRef(module, "Packing", packing_type) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
