#pragma once
#include <sqlite3.h>

/// Spares every allocation the lock under which SQLite sums up its memory. Before the first connection; a variadic function.
static inline int avs_sqlite_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// Binds a copy of the text; SQLITE_TRANSIENT is a macro cast that the importer cannot read. A null pointer binds empty text.
static inline int avs_sqlite_bind_text(sqlite3_stmt *statement, int index, const void *text, unsigned long length) {
    return sqlite3_bind_text64(statement, index, text ? text : "", length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds text that stays where it is until the statement has other bindings. A null pointer binds empty text.
static inline int avs_sqlite_bind_kept_text(sqlite3_stmt *statement, int index, const void *text, unsigned long length) {
    return sqlite3_bind_text64(statement, index, text ? text : "", length, SQLITE_STATIC, SQLITE_UTF8);
}

/// Binds a copy of the bytes. A null pointer binds an empty blob.
static inline int avs_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, unsigned long length) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", length, SQLITE_TRANSIENT);
}

/// Foreign keys that are checked only at the commit and do not hold now; negative when SQLite does not tell.
static inline int avs_sqlite_deferred_violations(sqlite3 *connection) {
    int current = 0, highest = 0;
    int status = sqlite3_db_status(connection, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0);
    return status == SQLITE_OK ? current : -1;
}
