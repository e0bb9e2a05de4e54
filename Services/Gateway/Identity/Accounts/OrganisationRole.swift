package import Contracts

/// What a member may do in an organisation; a higher role may everything that a lower one may.
package enum OrganisationRole: String, Sendable, Hashable, Comparable, CaseIterable, Codable {
    case viewer
    case editor
    case owner

    /// The scopes of the role.
    package var scopes: Set<Scope> {
        switch self {
        case .viewer: [.filesRead, .analyticsRead]
        case .editor: Scope.standard
        case .owner: Scope.standard.union([.keysManage, .webhooksManage])
        }
    }

    package static func < (a: OrganisationRole, b: OrganisationRole) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .editor: 1
        case .owner: 2
        }
    }
}
