import CNATS
import Primitives

/// What can go wrong between this program, nats-server and those behind it.
package enum MessagingError: CodedError, Hashable {
    /// Nobody answered in time.
    case timeout(subject: String)
    /// Nobody listens on the subject.
    case noResponders(subject: String)
    /// nats-server does not let this user publish or subscribe there.
    case permissionDenied(subject: String)
    /// The connection was lost; it is being made again.
    case disconnected(status: UInt32)
    /// The connection has been drained, closed or given up.
    case closed(status: UInt32)
    /// No server could be reached or none let us in.
    case connectFailed(status: UInt32, reason: String)
    case authenticationFailed(status: UInt32, reason: String)
    case invalidSubject(String)
    case invalidHeader(String)
    case payloadTooLarge(size: Int, limit: Int)
    /// More is waiting to be sent than may be kept in memory.
    case outboundFull
    /// The stream or the whole store holds as much as it may.
    case storageFull(jetStreamCode: Int, reason: String)
    /// No such stream, consumer, message or key.
    case notFound(jetStreamCode: Int, reason: String)
    /// The value has another revision than expected.
    case revisionConflict(jetStreamCode: Int, reason: String)
    /// Any other refusal of JetStream, with its `err_code`.
    case jetStream(code: Int, reason: String)
    /// The answer is not what the protocol promises.
    case malformedReply(subject: String, reason: String)
    /// The service that was asked answered with an error of its own.
    case remote(code: String, message: String, isRetriable: Bool)
    /// The task that waited was cancelled.
    case cancelled
    /// Anything else libnats reports, with its `natsStatus`.
    case library(status: UInt32, reason: String)

    package var code: String {
        switch self {
        case .timeout: "message-timeout"
        case .noResponders: "no-responders"
        case .permissionDenied: "message-permission-denied"
        case .disconnected: "messaging-disconnected"
        case .closed: "messaging-closed"
        case .connectFailed: "messaging-connect-failed"
        case .authenticationFailed: "messaging-authentication-failed"
        case .invalidSubject: "invalid-subject"
        case .invalidHeader: "invalid-header"
        case .payloadTooLarge: "message-too-large"
        case .outboundFull: "outbound-full"
        case .storageFull: "storage-full"
        case .notFound: "not-found"
        case .revisionConflict: "revision-conflict"
        case .jetStream: "jetstream-refused"
        case .malformedReply: "malformed-reply"
        case .remote(let code, _, _): code
        case .cancelled: "cancelled"
        case .library: "messaging-failed"
        }
    }

    package var message: String {
        switch self {
        case .timeout(let subject): "nobody answered on \(subject) in time"
        case .noResponders(let subject): "nobody listens on \(subject)"
        case .permissionDenied(let subject): "nats-server does not let this user use \(subject)"
        case .disconnected: "the connection to nats-server was lost and is being made again"
        case .closed: "the connection to nats-server has ended"
        case .connectFailed(_, let reason): "nats-server can not be reached: \(reason)"
        case .authenticationFailed(_, let reason): "nats-server refuses the credentials: \(reason)"
        case .invalidSubject(let subject): "not a subject to publish on: \(subject.debugDescription)"
        case .invalidHeader(let name): "not a header that can be sent: \(name.debugDescription)"
        case .payloadTooLarge(let size, let limit): "a message of \(size) bytes is over the server's limit of \(limit)"
        case .outboundFull: "too much is waiting to be sent to nats-server"
        case .storageFull(_, let reason): "the message store is full: \(reason)"
        case .notFound(_, let reason), .revisionConflict(_, let reason), .jetStream(_, let reason): reason
        case .malformedReply(let subject, let reason): "the answer on \(subject) can not be read: \(reason)"
        case .remote(_, let message, _): message
        case .cancelled: "the wait was cancelled"
        case .library(_, let reason): reason
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .timeout, .noResponders, .disconnected, .connectFailed, .outboundFull, .storageFull, .cancelled: true
        case .remote(_, _, let isRetriable): isRetriable
        case .jetStream(let code, _): code == 10008
        default: false
        }
    }

    /// The `natsStatus` of libnats behind this error, where there is one.
    package var natsStatus: UInt32? {
        switch self {
        case .timeout: NATS_TIMEOUT.rawValue
        case .noResponders: NATS_NO_RESPONDERS.rawValue
        case .permissionDenied: NATS_NOT_PERMITTED.rawValue
        case .payloadTooLarge: NATS_MAX_PAYLOAD.rawValue
        case .invalidSubject: NATS_INVALID_SUBJECT.rawValue
        case .disconnected(let status), .closed(let status): status
        case .connectFailed(let status, _), .authenticationFailed(let status, _), .library(let status, _): status
        default: nil
        }
    }
}

extension MessagingError {
    /// The connection is no more.
    static var ended: MessagingError { .closed(status: NATS_CONNECTION_CLOSED.rawValue) }
    /// The connection was lost while an answer was on its way.
    static var lost: MessagingError { .disconnected(status: NATS_CONNECTION_DISCONNECTED.rawValue) }

    /// A failed call of libnats as an error.
    /// - Parameters:
    ///   - status: what the call returned.
    ///   - subject: what it was about.
    init(_ status: natsStatus, subject: String) {
        switch status {
        case NATS_TIMEOUT: self = .timeout(subject: subject)
        case NATS_NO_RESPONDERS: self = .noResponders(subject: subject)
        case NATS_NOT_PERMITTED: self = .permissionDenied(subject: subject)
        case NATS_INVALID_SUBJECT: self = .invalidSubject(subject)
        case NATS_INSUFFICIENT_BUFFER: self = .outboundFull
        case NATS_CONNECTION_DISCONNECTED, NATS_IO_ERROR, NATS_STALE_CONNECTION: self = .disconnected(status: status.rawValue)
        case NATS_CONNECTION_CLOSED, NATS_DRAINING: self = .closed(status: status.rawValue)
        default: self = .library(status: status.rawValue, reason: "\(status.text): \(subject)")
        }
    }

    /// An `error` object of the JetStream API or of a publish acknowledgement.
    /// The codes are those of nats-server's server/errors.json.
    init(jetStreamCode code: Int, reason: String) {
        switch code {
        case 10002, 10023, 10028, 10047, 10077: self = .storageFull(jetStreamCode: code, reason: reason)
        case 10014, 10037, 10043, 10059: self = .notFound(jetStreamCode: code, reason: reason)
        case 10070, 10071, 10164: self = .revisionConflict(jetStreamCode: code, reason: reason)
        default: self = .jetStream(code: code, reason: reason)
        }
    }
}

extension natsStatus {
    /// libnats' own words for the status.
    var text: String {
        natsStatus_GetText(self).map { String(cString: $0) } ?? "status \(rawValue)"
    }
}
