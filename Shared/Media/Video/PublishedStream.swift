import CLibAV

/// A stream that goes out to a server while it is written.
final class PublishedStream: MuxerOutput {
    private var context: UnsafeMutablePointer<AVIOContext>?
    private(set) var bytesWritten: Int64 = 0

    /// - Parameters:
    ///   - url: where the libraries connect to.
    ///   - options: of their protocol.
    /// - Throws: `MediaError.io` with the libraries' code; nothing of the URL is in it.
    init(_ url: String, options: [String: String]) throws(MediaError) {
        var dictionary: OpaquePointer?
        defer { av_dict_free(&dictionary) }
        for (name, value) in options { av_dict_set(&dictionary, name, value, 0) }
        let status = avio_open2(&context, url, AVIO_FLAG_WRITE, nil, &dictionary)
        guard status >= 0 else { throw .io(status) }
    }

    deinit { avio_closep(&context) }

    var failure: Int32 { context?.pointee.error ?? 0 }

    func attach(to format: UnsafeMutablePointer<AVFormatContext>) {
        format.pointee.pb = context
        // Every packet goes out at once.
        format.pointee.flush_packets = 1
        format.pointee.io_open = { _, _, _, _, _ in avs_error_not_permitted }
    }

    /// Bytes so far.
    var sent: Int64 { context.map { max(0, avio_tell($0)) } ?? bytesWritten }

    /// Whether it was the server that failed.
    private(set) var isLost = false

    func finish() throws(MediaError) {
        bytesWritten = sent
        let status = avio_closep(&context)
        isLost = status < 0
        if isLost { throw .io(status) }
    }
}

extension MediaWriter {
    /// Writes to an RTMP server instead of a file.
    /// - Parameters:
    ///   - port: of the loopback, that leads there.
    ///   - application: the first part of the path that the server knows, for example `live`.
    ///   - key: names the stream.
    ///   - address: the URL of the application as the server is called by others.
    ///   - patience: how long the server may take nothing, microseconds.
    ///   - bufferSize: of what the system holds for the connection, bytes.
    /// - Throws: `MediaError.io` when it can not be reached or refuses; neither key nor address is in it.
    package convenience init(
        rtmpPort port: Int, application: String, key: String, address: String, patience: Int, bufferSize: Int
    ) throws(MediaError) {
        avs_quiet()
        let stream = try PublishedStream(
            "rtmp://127.0.0.1:\(port)/",
            options: [
                "rtmp_app": application, "rtmp_playpath": key, "rtmp_tcurl": address, "rtmp_flashver": "FMLE/3.0 (AV-Studio)",
                "rw_timeout": "\(patience)", "send_buffer_size": "\(bufferSize)",
            ])
        try self.init(stream, .flv, muxer: "flv", name: nil, options: MediaContainer.flv.muxerOptions, isBitExact: false)
    }

    /// Whether the server failed, and not the muxer.
    package var hasLostOutput: Bool { output.failure < 0 || (output as? PublishedStream)?.isLost == true }

    /// Bytes that have gone out to a server; 0 for files that are not finished.
    package var bytesSent: Int64 { (output as? PublishedStream)?.sent ?? output.bytesWritten }
}
