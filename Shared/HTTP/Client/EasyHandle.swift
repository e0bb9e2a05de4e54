import CCurl
import Primitives

/// A `CURL` handle with the memory libcurl expects to stay where it is.
struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var header: UnsafeMutablePointer<curl_slist>?
    private var body: UnsafeMutableRawBufferPointer?
    /// The first setting libcurl refused.
    private(set) var refusal: CURLcode?

    init() {
        guard let raw = avs_curl_easy_init() else { preconditionFailure("libcurl can not make a transfer: out of memory") }
        self.raw = raw
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        avs_curl_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
    }

    deinit {
        avs_curl_easy_cleanup(raw)
        avs_curl_slist_free_all(header)
        body?.deallocate()
        errorText.deallocate()
    }

    /// libcurl's sentence about what went wrong; may be empty.
    var detail: String {
        if let refusal { return String(cString: avs_curl_easy_strerror(refusal)) }
        return String(cString: errorText)
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(avs_curl_set_long(raw, option, value))
    }

    mutating func set(_ option: CURLoption, size: Int64) {
        note(avs_curl_set_size(raw, option, curl_off_t(size)))
    }

    mutating func set(_ option: CURLoption, _ value: String) {
        note(avs_curl_set_string(raw, option, value))
    }

    mutating func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) {
        note(avs_curl_set_pointer(raw, option, pointer))
    }

    /// - Parameter lines: each ended by a NUL.
    mutating func setHeader(_ lines: Bytes) {
        var list: UnsafeMutablePointer<curl_slist>?
        let isComplete = lines.withUnsafeBytes { bytes in
            var start = 0
            while let line = bytes.baseAddress, start < bytes.count {
                guard let longer = avs_curl_slist_append(list, (line + start).assumingMemoryBound(to: CChar.self)) else {
                    return false
                }
                list = longer
                start = (bytes[start...].firstIndex(of: 0) ?? bytes.count) + 1
            }
            return true
        }
        avs_curl_slist_free_all(header)
        header = list
        note(isComplete ? avs_curl_set_list(raw, CURLOPT_HTTPHEADER, list) : CURLE_OUT_OF_MEMORY)
    }

    /// Sends these bytes, which are copied, as the body of a POST.
    mutating func setBody(_ bytes: Bytes) {
        body?.deallocate()
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        body = copy
        set(CURLOPT_POSTFIELDSIZE, bytes.count)
        if let base = copy.baseAddress { set(CURLOPT_POSTFIELDS, pointer: base) }
    }

    /// Forgets what belonged to one transfer.
    mutating func clear() {
        body?.deallocate()
        body = nil
        errorText.pointee = 0
    }

    /// Tells the watch of each connection's end.
    mutating func setCloseSocket(_ watch: SocketWatch) {
        // The carrier holds the watch for longer than its connections.
        note(avs_curl_set_pointer(raw, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(watch).toOpaque()))
        note(avs_curl_set_close_socket_function(raw, closeSocketCallback))
    }

    mutating func setCallbacks(
        write: curl_write_callback, header: curl_write_callback, read: curl_read_callback, seek: curl_seek_callback,
        openSocket: curl_opensocket_callback, prerequest: curl_prereq_callback
    ) {
        note(avs_curl_set_write_function(raw, write))
        note(avs_curl_set_header_function(raw, header))
        note(avs_curl_set_read_function(raw, read))
        note(avs_curl_set_seek_function(raw, seek))
        note(avs_curl_set_open_socket_function(raw, openSocket))
        note(avs_curl_set_prerequest_function(raw, prerequest))
    }

    /// Says which directions are paused from now on; libcurl calls back at once for one that no longer is.
    func pause(receiving: Bool, sending: Bool) {
        avs_curl_easy_pause(raw, (receiving ? CURLPAUSE_RECV : 0) | (sending ? CURLPAUSE_SEND : 0))
    }

    private mutating func note(_ code: CURLcode) {
        if code != CURLE_OK && refusal == nil { refusal = code }
    }
}
