import HTTP
import Identity
import Primitives

extension GatewayProblems {
    /// What errors about accounts mean to clients.
    static func problem(_ error: IdentityError) -> Problem {
        switch error {
        case .throttled(let wait):
            let seconds = max(1, Int(wait.seconds.rounded(.up)))
            return Problem(
                status: .tooManyRequests, code: error.code, error.message, headers: ["Retry-After": "\(seconds)"])
        case .busy:
            return Problem(status: .serviceUnavailable, code: error.code, error.message, headers: ["Retry-After": "1"])
        case .credentialsWrong:
            // RFC 9110, 15.5.2: every 401 says how to become known.
            return Problem(
                status: .unauthorized, code: error.code, error.message, headers: ["WWW-Authenticate": "Bearer realm=\"avstudio\""])
        default: return Problem(status: status(error), code: error.code, error.message, field: field(error))
        }
    }

    private static func status(_ error: IdentityError) -> HTTPStatus {
        switch error {
        case .credentialsWrong: .unauthorized
        case .throttled: .tooManyRequests
        case .busy: .serviceUnavailable
        case .registrationClosed, .invitationInvalid, .roleMissing: .forbidden
        case .emailInvalid, .passwordUnfit, .nameInvalid: .unprocessableContent
        case .emailTaken, .lastOwner, .tooMany: .conflict
        case .notFound: .notFound
        }
    }

    private static func field(_ error: IdentityError) -> String? {
        switch error {
        case .emailInvalid, .emailTaken: "email"
        case .passwordUnfit: "password"
        case .nameInvalid: "name"
        case .invitationInvalid: "invitation"
        default: nil
        }
    }

    /// What errors about webhooks mean to clients.
    static func problem(_ error: WebhookError) -> Problem {
        switch error {
        case .notFound: Problem(status: .notFound, code: error.code, error.message)
        case .urlInvalid: Problem(status: .unprocessableContent, code: error.code, error.message, field: "url")
        case .typeInvalid: Problem(status: .unprocessableContent, code: error.code, error.message, field: "types")
        case .payloadTooLarge: Problem(status: .contentTooLarge, code: error.code, error.message)
        case .tooMany: Problem(status: .conflict, code: error.code, error.message)
        }
    }

    /// What errors about incoming hooks mean to clients.
    static func problem(_ error: HookError) -> Problem {
        let (status, field): (HTTPStatus, String?) =
            switch error {
            case .notFound: (.notFound, nil)
            case .eventInvalid: (.unprocessableContent, "event")
            case .secretInvalid: (.unprocessableContent, "secret")
            case .tooMany: (.conflict, nil)
            case .unsigned: (.unauthorized, nil)
            case .disabled: (.gone, nil)
            case .tooLarge: (.contentTooLarge, nil)
            case .behind: (.serviceUnavailable, nil)
            }
        let headers: HTTPHeaders =
            switch error {
            // RFC 9110, 15.5.2: every 401 says how to become known.
            case .unsigned: ["WWW-Authenticate": "Signature"]
            case .behind: ["Retry-After": "60"]
            default: [:]
            }
        return Problem(status: status, code: error.code, error.message, field: field, headers: headers)
    }
}
