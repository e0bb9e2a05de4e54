package import Identity

/// What a request brings to say who asks.
package struct Credential: Sendable {
    /// The text of a key, a session or a token.
    package var text: String?
    /// The organisation in whose name a person asks; their first when `nil`. Keys and tokens name theirs themselves.
    package var organisation: String?
    /// What a page has asked for so that a link can be followed, and the path that is asked for.
    package var download: (token: String, path: String)?
    /// The request, when it is signed instead.
    package var signed: SignedRequest?

    package init(text: String?, organisation: String? = nil, signed: SignedRequest? = nil) {
        (self.text, self.organisation, self.signed) = (text, organisation, signed)
    }
}
