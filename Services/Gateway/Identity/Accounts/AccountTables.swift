import Persistence
import Primitives

/// A user with the password's hash.
struct Credential: Sendable {
    let user: User
    let passwordHash: String
}

/// The rows of users, organisations and memberships.
enum AccountTables {
    static let migration = Migration(
        id: "accounts-1",
        sql: """
            CREATE TABLE user (
                id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created INTEGER NOT NULL,
                password_hash TEXT NOT NULL, password_changed INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE organisation (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, tier TEXT NOT NULL, created INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE membership (
                organisation TEXT NOT NULL REFERENCES organisation(id) ON DELETE CASCADE,
                user TEXT NOT NULL REFERENCES user(id) ON DELETE CASCADE, role TEXT NOT NULL, joined INTEGER NOT NULL,
                PRIMARY KEY (organisation, user)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX membership_user ON membership(user);
            CREATE TABLE invitation (
                id TEXT PRIMARY KEY, secret_hash BLOB NOT NULL UNIQUE,
                organisation TEXT REFERENCES organisation(id) ON DELETE CASCADE,
                email TEXT NOT NULL, role TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX invitation_organisation ON invitation(organisation);
            """)

    /// - Throws: `IdentityError.nameInvalid`.
    static func check(name: String) throws(IdentityError) {
        guard (1...100).contains(name.utf8.count),
            !name.unicodeScalars.contains(where: { [.control, .format, .lineSeparator].contains($0.properties.generalCategory) })
        else { throw .nameInvalid("a name has 1 to 100 bytes and no control characters") }
    }

    static func user(_ id: String, on connection: Connection) throws -> User? {
        try connection.first("SELECT * FROM user WHERE id = ?", id, map: user)
    }

    /// Identifiers sort by the time that they were made.
    static func users(before: String?, limit: Int, on connection: Connection) throws -> [User] {
        try connection.query(
            "SELECT * FROM user WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2", before, limit, map: user)
    }

    static func credential(_ email: EmailAddress, on connection: Connection) throws -> Credential? {
        try connection.first("SELECT * FROM user WHERE email = ?", email.text) {
            Credential(user: try user($0), passwordHash: try $0.text("password_hash"))
        }
    }

    static func insert(_ user: User, passwordHash: String, on connection: Connection) throws {
        try connection.execute(
            "INSERT INTO user(id, email, name, created, password_hash, password_changed) VALUES (?, ?, ?, ?, ?, ?)", user.id,
            user.email.text, user.name, user.created, passwordHash, user.created)
    }

    static func organisation(_ id: String, on connection: Connection) throws -> Organisation? {
        try connection.first("SELECT * FROM organisation WHERE id = ?", id) { row in
            Organisation(
                id: try row.text("id"), name: try row.text("name"), tier: try row.text("tier"),
                created: try row.timestamp("created"))
        }
    }

    static func insert(_ organisation: Organisation, on connection: Connection) throws {
        try connection.execute(
            "INSERT INTO organisation(id, name, tier, created) VALUES (?, ?, ?, ?)", organisation.id, organisation.name,
            organisation.tier, organisation.created)
    }

    static func join(
        _ organisation: String, user: String, role: OrganisationRole, now: Timestamp, on connection: Connection
    ) throws {
        try connection.execute(
            "INSERT INTO membership(organisation, user, role, joined) VALUES (?, ?, ?, ?)", organisation, user, role.rawValue, now)
    }

    static func role(of user: String, in organisation: String, on connection: Connection) throws -> OrganisationRole? {
        try connection.first("SELECT role FROM membership WHERE organisation = ? AND user = ?", organisation, user, map: role)
    }

    static func memberships(of user: String, on connection: Connection) throws -> [Membership] {
        try connection.query(
            """
            SELECT m.user, m.role, o.* FROM membership m JOIN organisation o ON o.id = m.organisation WHERE m.user = ?
            ORDER BY m.joined, o.id
            """, user, map: membership)
    }

    static func members(of organisation: String, on connection: Connection) throws -> [Membership] {
        try connection.query(
            """
            SELECT m.user, m.role, o.* FROM membership m JOIN organisation o ON o.id = m.organisation WHERE o.id = ?
            ORDER BY m.joined, m.user
            """, organisation, map: membership)
    }

    static func memberCount(_ organisation: String, on connection: Connection) throws -> Int {
        let count = try connection.first("SELECT count(*) AS n FROM membership WHERE organisation = ?", organisation) {
            try $0.integer("n")
        }
        return Int(count ?? 0)
    }

    /// Organisations of which the user is the one owner.
    static func onlyOwned(by user: String, on connection: Connection) throws -> [String] {
        try connection.query(
            """
            SELECT organisation FROM membership m WHERE user = ?1 AND role = 'owner' AND NOT EXISTS (
                SELECT 1 FROM membership other
                WHERE other.organisation = m.organisation AND other.role = 'owner' AND other.user <> ?1
            ) ORDER BY organisation
            """, user
        ) { try $0.text("organisation") }
    }

    private static func user(_ row: Row) throws -> User {
        User(
            id: try row.text("id"), email: try EmailAddress(row.text("email")), name: try row.text("name"),
            created: try row.timestamp("created"))
    }

    private static func membership(_ row: Row) throws -> Membership {
        Membership(
            organisation: Organisation(
                id: try row.text("id"), name: try row.text("name"), tier: try row.text("tier"),
                created: try row.timestamp("created")),
            user: try row.text("user"), role: try role(row))
    }

    /// A role of a later release gives the least that there is.
    static func role(_ row: Row) throws -> OrganisationRole { OrganisationRole(rawValue: try row.text("role")) ?? .viewer }
}
