import CCurl
import Primitives

/// A `CURLM` handle.
// Unchecked: the loop's thread alone uses the handle, but for curl_multi_wakeup, which libcurl documents as thread-safe; the
// loop's lock keeps that call and `close` apart.
final class MultiHandle: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private let watch: SocketWatch?

    /// libcurl's process-wide state; the first use initialises it, once.
    private static let isReady: Bool = avs_curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// - Parameter watch: watches libcurl's sockets in its place; the handle is then driven by `act`, else by `perform` and `wait`.
    init(_ configuration: HTTPClientConfiguration, watch: SocketWatch? = nil) {
        guard Self.isReady, let handle = avs_curl_multi_init() else { preconditionFailure("libcurl can not start: out of memory") }
        self.handle = handle
        avs_curl_multi_set_long(
            handle, CURLMOPT_PIPELINING, Int(configuration.sharesConnections ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING))
        avs_curl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsPerHost)
        avs_curl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maximumConnections)
        avs_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, configuration.maximumConnections)
        self.watch = watch
        guard let watch else { return }
        // The handle holds the watch, so the pointers are good for as long as libcurl has them.
        let context = Unmanaged.passUnretained(watch).toOpaque()
        avs_curl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, context)
        avs_curl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
        avs_curl_multi_set_socket_function(handle, socketCallback)
        avs_curl_multi_set_timer_function(handle, timerCallback)
    }

    /// Ends the thread's wait; callable from any thread.
    func wakeUp() {
        avs_curl_multi_wakeup(handle)
    }

    func add(_ easy: borrowing EasyHandle) -> Bool {
        avs_curl_multi_add_handle(handle, easy.raw) == CURLM_OK
    }

    func remove(_ easy: borrowing EasyHandle) {
        avs_curl_multi_remove_handle(handle, easy.raw)
    }

    /// Moves whatever can be moved without waiting.
    func perform() {
        var running: Int32 = 0
        avs_curl_multi_perform(handle, &running)
    }

    /// Moves what a socket's events allow.
    /// - Parameter events: a mask of `CURL_CSELECT_…`.
    func act(on descriptor: Int32, _ events: Int32) {
        var running: Int32 = 0
        avs_curl_multi_socket_action(handle, descriptor, events, &running)
    }

    /// Does what libcurl's timers are due for.
    func actOnTimers() { act(on: CURL_SOCKET_BAD, 0) }

    /// Moves whatever can be moved on all sockets.
    func actOnAll() {
        var running: Int32 = 0
        avs_curl_multi_socket_all(handle, &running)
    }

    /// Waits for sockets, libcurl's own timers, `wakeUp`, or the limit.
    /// - Returns: whether a socket was ready.
    func wait(atMost limit: Duration) -> Bool {
        // Rounded up: waking a moment early would only spin until the time has come.
        let milliseconds = limit > .zero ? Int32(clamping: limit.milliseconds + 1) : 0
        var ready: Int32 = 0
        avs_curl_multi_poll(handle, nil, 0, milliseconds, &ready)
        return ready > 0
    }

    /// A transfer libcurl is done with: the pointer given as `CURLOPT_PRIVATE`, and how it went.
    func nextFinished() -> (key: UnsafeMutableRawPointer, code: CURLcode)? {
        var remaining: Int32 = 0
        while let message = avs_curl_multi_info_read(handle, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            var key: UnsafeMutableRawPointer?
            avs_curl_get_private(message.pointee.easy_handle, &key)
            if let key { return (key, message.pointee.data.result) }
        }
        return nil
    }

    /// Closes all connections. Nothing may be called afterwards.
    func close() {
        avs_curl_multi_cleanup(handle)
    }
}
