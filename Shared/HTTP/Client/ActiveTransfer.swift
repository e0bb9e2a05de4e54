import CCurl
import Primitives
import Synchronization

/// A transfer in libcurl's hands, with the handle that carries it out and then the next one. Lives on the carrier's thread, which
/// holds it for as long as libcurl's callbacks may come.
final class ActiveTransfer {
    private(set) var transfer: Transfer?
    private(set) var easy = EasyHandle()
    private var isPrepared = false

    /// What libcurl's callbacks are given.
    var key: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func of(_ key: UnsafeMutableRawPointer) -> ActiveTransfer {
        Unmanaged<ActiveTransfer>.fromOpaque(key).takeUnretainedValue()
    }

    /// Makes the handle ready for a transfer.
    func take(_ transfer: Transfer) {
        self.transfer = transfer
        if !isPrepared { easy.prepare(transfer.order.configuration, key: key, watch: transfer.carrier.watch) }
        isPrepared = true
        easy.configure(transfer.order)
    }

    /// Lets go of the transfer, which libcurl has given back.
    func release() {
        transfer = nil
        easy.clear()
    }

    /// Whether libcurl took every setting; a security setting it does not know must not be left out.
    var isConfigured: Bool { easy.refusal == nil }

    var detail: String { easy.detail }

    /// Whether other transfers may use the same connection at the same time.
    var sharesConnection: Bool { transfer.map { $0.order.url.isSecure && $0.order.configuration.sharesConnections } ?? false }

    /// How the transfer ended, in the client's terms.
    func outcome(of code: CURLcode) -> Result<Void, HTTPClientError> {
        guard code != CURLE_OK, let transfer else { return .success(()) }
        let host = transfer.order.url.host
        let raw = Int32(bitPattern: code.rawValue)
        let detail = easy.detail.isEmpty ? String(cString: avs_curl_easy_strerror(code)) : easy.detail
        let refusedAddress = transfer.state.withLock { $0.refusedAddress }
        return switch code {
        case CURLE_COULDNT_CONNECT where refusedAddress != nil:
            .failure(.refusedAddress(host: host, address: refusedAddress ?? ""))
        case CURLE_COULDNT_RESOLVE_HOST: .failure(.nameNotResolved(host: host))
        case CURLE_COULDNT_CONNECT: .failure(.connectFailed(host: host, detail: detail, curlCode: raw))
        // The only time limit libcurl is given is the one for connecting.
        case CURLE_OPERATION_TIMEDOUT: .failure(.connectTimeout(host: host, limit: transfer.order.configuration.connectTimeout))
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            .failure(.tlsFailed(host: host, detail: detail, curlCode: raw))
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY:
            .failure(.invalidRequest(detail))
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            .failure(.protocolViolation(detail: detail, curlCode: raw))
        default: .failure(.connectionLost(detail: detail, curlCode: raw))
        }
    }
}
