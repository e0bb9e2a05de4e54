package import Contracts
import Glibc
package import Jobs
import Media
package import Primitives
import VideoAPI

/// `video.push`: a file sent to an RTMP server as a live stream. Its process has no network: the worker connects it with that one
/// server, if its policy allows that.
package enum PushOperation: Operation {
    package struct Parameters: Sendable {
        var target = ""
        var key = ""
        var pace = Publisher.Pace.realtime
        var attempts = 6
        var backoff = 30.0
        var patience = 15.0
    }

    package static var name: String { VideoService.OperationName.push }
    package static var summary: String {
        "Sends a video to an RTMP server, as it is where RTMP carries it, else encoded; goes on when the connection breaks."
    }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.text("target", \.target, maximumLength: 500, required: true, "The server's application: rtmp://host[:port]/live.")
        Field.secret("stream_key", \.key, maximumLength: 500, required: true, "Names the stream and lets it in; shown nowhere.")
        Field.choice("pace", \.pace, "`realtime`, as players show it, or as fast as the server takes it.")
        Field.integer("attempts", \.attempts, in: 1...50, "Connections in a row that may come to nothing.")
        Field.number("backoff_seconds", \.backoff, in: 0.1...300, unit: "s", "Longest wait before another connection.")
        Field.number("stall_seconds", \.patience, in: 1...120, unit: "s", "How long the server may take nothing.")
    }
    package static var output: OutputDescription {
        OutputDescription(measurements: [
            "type": "object", "required": ["seconds_sent", "reconnects", "bytes", "is_copy"],
            "properties": [
                "seconds_sent": ["type": "number", "x-unit": "s", "description": "Of the video, each counted once."],
                "seconds_repeated": ["type": "number", "x-unit": "s", "description": "Sent again from key frames on."],
                "reconnects": ["type": "integer"], "frames": ["type": "integer"], "bytes": ["type": "integer", "x-unit": "B"],
                "is_copy": ["type": "boolean", "description": "Whether nothing was encoded."],
                "duration_seconds": ["type": "number", "x-unit": "s"],
            ],
        ])
    }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(400) }
    package static var isCacheable: Bool { false }

    package static func peer(_ parameters: Parameters) throws -> Peer? { .server(try PushTarget(parameters.target).peer) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try PushTarget(parameters.target)
        guard !parameters.key.isEmpty else { throw PushError.noKey }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let target = try PushTarget(parameters.target)
        let input = context.inputs[0]
        let isCopy = try Publisher.canCopy(input.path)
        let encoded = isCopy ? nil : try await encode(context)
        defer { if let encoded { unlink(encoded) } }
        let share = isCopy ? 1.0 : 0.5
        let publisher = Publisher(
            path: encoded ?? input.path, target: target, key: parameters.key, port: try PeerPort(folder: context.outputFolder),
            pace: parameters.pace,
            retry: RetryPolicy(maximumAttempts: parameters.attempts, base: .seconds(1), cap: .seconds(parameters.backoff)),
            patience: parameters.patience)
        let outcome = try publisher.run { context.report(1 - share + $0 * share, "sending") }
        return JobOutput(measurements: [
            "seconds_sent": .number(outcome.seconds.rounded(decimals: 3)),
            "seconds_repeated": .number(outcome.repeatedSeconds.rounded(decimals: 3)), "reconnects": JSONValue(outcome.reconnects),
            "bytes": .integer(outcome.bytes), "is_copy": .bool(isCopy), "frames": JSONValue(outcome.frames),
            "duration_seconds": .number(outcome.seconds.rounded(decimals: 3)),
        ])
    }

    /// - Returns: the path of the video as RTMP carries it.
    private static func encode(_ context: JobContext) async throws -> String {
        var parameters = TranscodeOperation.Parameters()
        (parameters.encoding.container, parameters.encoding.codec, parameters.encoding.sound) = (.mp4, .h264, .aac)
        let half = JobContext(inputs: context.inputs, outputFolder: context.outputFolder, resources: context.resources) {
            context.report($0.fraction / 2, $0.stage)
        }
        let output = try await TranscodeOperation.run(parameters, in: half)
        return context.outputFolder + "/" + output.files[0].name
    }
}
