import Primitives

/// Why a token is refused.
package enum TokenError: CodedError, Equatable {
    /// Not a signed token in the compact form, or too long.
    case malformed(String)
    /// `none`, unknown, or not among those that the issuer may use.
    case algorithmRefused
    /// No key of the issuer fits the token.
    case keyUnknown
    case signatureWrong
    case expired
    case notYetValid
    /// A claim is missing, of the wrong type, or has another value than it must have.
    case claim(String)
    /// The issuer's keys can not be had now.
    case keysUnavailable
    /// A key or a set of keys can not be read.
    case keyInvalid(String)

    package var code: String {
        switch self {
        case .malformed: "token-malformed"
        case .algorithmRefused: "token-algorithm"
        case .keyUnknown: "token-key-unknown"
        case .signatureWrong: "token-signature"
        case .expired: "token-expired"
        case .notYetValid: "token-not-yet-valid"
        case .claim: "token-claim"
        case .keysUnavailable: "token-keys-unavailable"
        case .keyInvalid: "key-set-invalid"
        }
    }

    package var message: String {
        switch self {
        case .malformed(let what): "the token can not be read: \(what)"
        case .algorithmRefused: "the token's algorithm is not accepted"
        case .keyUnknown: "the issuer has no such key"
        case .signatureWrong: "the token's signature is wrong"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet"
        case .claim(let name): "the token's claim \(name) is missing or not the one expected"
        case .keysUnavailable: "the issuer's keys can not be had now; try again later"
        case .keyInvalid(let what): "the key can not be used: \(what)"
        }
    }

    package var isRetriable: Bool { self == .keysUnavailable }
}
