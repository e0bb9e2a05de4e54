#pragma once
#include <sqlite3.h>

/// Tells SQLite to copy bound text and blobs; a macro cast that the importer cannot read.
static const sqlite3_destructor_type avs_sqlite_transient = SQLITE_TRANSIENT;
