import CCurl

/// A `CURL` handle with the memory libcurl expects to stay where it is.
struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
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
        for list in lists { avs_curl_slist_free_all(list) }
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

    mutating func set(_ option: CURLoption, lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = avs_curl_slist_append(list, line) else {
                avs_curl_slist_free_all(list)
                return note(CURLE_OUT_OF_MEMORY)
            }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        note(avs_curl_set_list(raw, option, list))
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
