/// The video service as others see it.
package enum VideoService {
    /// Names its subjects (`avstudio.job.video.…`), its paths (`/video/…`) and its operations (`video.…`).
    package static let name = "video"
    package static let summary = "Probes video, finds its scenes, takes pictures out of it, and encodes, joins and cuts it."
    /// The scope a key needs to run its operations.
    package static let scope = "video:run"
    /// Names of the operations, as pipelines and clients refer to them.
    package enum OperationName {
        package static let probe = "video.probe"
        package static let scenes = "video.scenes"
        package static let frames = "video.frames"
        package static let sheet = "video.sheet"
        package static let poster = "video.poster"
        package static let captions = "video.captions"
        package static let assemble = "video.assemble"
        package static let thumbnail = "video.thumbnail"
        package static let transcode = "video.transcode"
        package static let variants = "video.variants"
        package static let concat = "video.concat"
        package static let audio = "video.audio"
        package static let split = "video.split"
        package static let checks = "video.checks"
        package static let rewrite = "video.rewrite"
        package static let moderate = "video.moderate"
        package static let ingest = "video.ingest"
        package static let download = "video.download"
        package static let push = "video.push"
    }
}
