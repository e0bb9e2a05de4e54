import CLibAV

/// Where a muxer's bytes go: one file, or a folder of several. It has to outlive the muxer.
protocol MuxerOutput: AnyObject {
    /// The error of the first write that failed, as the libraries' code; 0 when none did.
    var failure: Int32 { get }
    /// Bytes of the result; known when it is finished.
    var bytesWritten: Int64 { get }
    /// Lets a muxer write here and nowhere else.
    func attach(to format: UnsafeMutablePointer<AVFormatContext>)
    /// Makes what was written the result.
    /// - Throws: `MediaError.diskFull`, `.encoder`.
    func finish() throws(MediaError)
}

extension OutputFile: MuxerOutput {}
