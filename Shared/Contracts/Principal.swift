package import Primitives

/// Who makes a request and what they may do; the gateway signs it, every service verifies it.
package struct Principal: Sendable, Hashable, Codable {
    /// The identifier of the key that was used, or of the person who has logged in.
    package var subject: String
    /// What the key or the person is called, for people to read; `nil` when the studio does not know. It proves nothing.
    package var name: String?
    /// Whose files and jobs they are: a key's owner, or the organisation in whose name a person asks.
    package var owner: String
    /// The tier whose limits apply.
    package var tier: String
    package var scopes: Set<Scope>
    /// When this statement stops being valid.
    package var expires: Timestamp
    /// The login session that the request came with; `nil` for keys and tokens.
    package var session: String?
    /// The login session from which the request's token was made; `nil` for all else. The token ends with it, and can neither
    /// prolong nor end it.
    package var origin: String?
    /// The SHA-256, in hexadecimal digits, that the body of a signed request must have; `nil` when nothing was signed.
    package var bodyDigest: String?

    package init(
        subject: String, name: String? = nil, owner: String, tier: String, scopes: Set<Scope>, expires: Timestamp,
        session: String? = nil, origin: String? = nil, bodyDigest: String? = nil
    ) {
        self.subject = subject
        self.name = name
        self.owner = owner
        self.tier = tier
        self.scopes = scopes
        self.expires = expires
        self.session = session
        self.origin = origin
        self.bodyDigest = bodyDigest
    }

    enum CodingKeys: String, CodingKey {
        case subject, name, owner, tier, scopes, expires, session, origin
        case bodyDigest = "body_digest"
    }

    /// As whom they are shown.
    package var shownName: String { name ?? subject }
    /// The person who asks; `nil` when it is a program.
    package var person: String? { subject.hasPrefix("usr_") ? subject : nil }
    /// The organisation in whose name is asked; `nil` outside of one.
    package var organisation: String? { owner.hasPrefix("org_") ? owner : nil }

    package var isAdministrator: Bool { scopes.contains(.admin) }

    /// Whether the scope is held, directly, by one that contains it, or by administration.
    package func may(_ scope: Scope) -> Bool {
        scopes.contains(scope) || isAdministrator || scope == .alertingBeat && scopes.contains(.alertingWrite)
    }
}

/// A permission, written `area:action`.
package struct Scope: RawRepresentable, Sendable, Hashable, Codable, Comparable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Everything, every owner's things included.
    package static let admin = Scope(rawValue: "admin")
    package static let filesRead = Scope(rawValue: "files:read")
    package static let filesWrite = Scope(rawValue: "files:write")
    package static let keysManage = Scope(rawValue: "keys:manage")
    package static let audioRun = Scope(rawValue: "audio:run")
    package static let videoRun = Scope(rawValue: "video:run")
    /// Calling language models, and seeing what that cost.
    package static let modelsRun = Scope(rawValue: "llm")
    package static let webhooksManage = Scope(rawValue: "webhooks:manage")
    /// Seeing what one's own work used and cost.
    package static let analyticsRead = Scope(rawValue: "analytics:read")
    /// Sending measurements.
    package static let analyticsWrite = Scope(rawValue: "analytics:write")

    /// Seeing alerts, whoever's work they are about.
    package static let alertingRead = Scope(rawValue: "alerting:read")
    /// Acknowledging and silencing alerts, deciding on heartbeats, and giving signs of life.
    package static let alertingWrite = Scope(rawValue: "alerting:write")
    /// Giving signs of life, and nothing else: for a pipeline's key.
    package static let alertingBeat = Scope(rawValue: "alerting:beat")

    /// Every scope that a key can be given.
    package static let all: [Scope] = [
        .admin, .filesRead, .filesWrite, .keysManage, .audioRun, .videoRun, .modelsRun, .webhooksManage, .analyticsRead,
        .analyticsWrite, .alertingRead, .alertingWrite, .alertingBeat,
    ]

    /// What a key gets when nothing is said, and what an editor of an organisation may do.
    package static let standard: Set<Scope> = [
        .filesRead, .filesWrite, .audioRun, .videoRun, .modelsRun, .analyticsRead, .analyticsWrite,
    ]

    package static func < (a: Scope, b: Scope) -> Bool { a.rawValue < b.rawValue }
}
