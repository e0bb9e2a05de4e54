package import Jobs
import VideoAPI

/// What the video service can do; see `AudioOperations` for how an operation is added.
package enum VideoOperations {
    /// The resource that holds yt-dlp, where it is installed.
    package static let pageTool = "yt-dlp"

    package static let catalogue = OperationCatalogue(
        service: VideoService.name,
        [
            AnyOperation(ProbeOperation.self), AnyOperation(ScenesOperation.self), AnyOperation(FramesOperation.self),
            AnyOperation(SheetOperation.self), AnyOperation(PosterOperation.self),
            AnyOperation(CaptionsOperation.self), AnyOperation(AssembleOperation.self), AnyOperation(ThumbnailOperation.self),
            AnyOperation(TranscodeOperation.self), AnyOperation(VariantsOperation.self),
            AnyOperation(ConcatOperation.self), AnyOperation(AudioOperation.self),
            AnyOperation(SplitOperation.self), AnyOperation(ChecksOperation.self), AnyOperation(ModerateOperation.self),
            AnyOperation(RewriteOperation.self),
            AnyOperation(IngestOperation.self), AnyOperation(DownloadOperation.self), AnyOperation(PushOperation.self),
        ])
}
