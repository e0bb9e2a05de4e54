/// The analytics as other services see it.
package enum AnalyticsService {
    /// Names its database and its durable consumers.
    package static let name = "analytics"
    package static let port = 8084
    /// Events in one message or transaction at most.
    package static let batch = 500
    /// How long what comes alone keeps later messages from being written, at most, so that they are written together.
    package static let pause = Duration.milliseconds(200)
}

/// The types of measurements that the studio itself sends.
package enum MetricType {
    /// Jobs that have ended, whichever way.
    package static let jobs = "jobs"
    package static let jobsFailed = "jobs_failed"
    /// Of the jobs, those answered with an earlier result.
    package static let cachedJobs = "cached_jobs"
    /// What failed: jobs, runs, calls of models; labelled with `error_type`.
    package static let errors = "errors"
    /// From the first attempt's beginning to the end, seconds.
    package static let processingSeconds = "processing_seconds"
    /// From being accepted to the first attempt's beginning, seconds.
    package static let waitingSeconds = "waiting_seconds"
    /// How long the media is that was made or read, seconds.
    package static let mediaSeconds = "media_seconds"
    /// Frames of video that were read, looked at or written.
    package static let frames = "frames"
    /// Seconds of media for a second of work.
    package static let speed = "speed"
    package static let cpuSeconds = "cpu_seconds"
    package static let bytesIn = "bytes_in"
    package static let bytesOut = "bytes_out"
    package static let audioProcessed = "audio_processed"
    package static let videosProcessed = "videos_processed"
    /// Files of captions or transcripts that were made.
    package static let captionsGenerated = "captions_generated"
    /// Runs that have ended, and those that did well.
    package static let runs = "runs"
    package static let runsSucceeded = "runs_succeeded"
    /// From a run's beginning to its end, seconds.
    package static let runSeconds = "run_seconds"
    package static let llmCalls = "llm_calls"
    package static let llmFailed = "llm_failed"
    package static let llmSeconds = "llm_seconds"
    package static let llmCacheHits = "llm_cache_hits"
    package static let llmFallbacks = "llm_fallbacks"
    package static let inputTokens = "input_tokens"
    package static let outputTokens = "output_tokens"
    package static let cachedTokens = "cached_tokens"
    package static let firstTokenSeconds = "first_token_seconds"
    /// How much of a budget for models is used up, per cent, when it reaches a threshold.
    package static let budgetPercent = "budget_percent"
    /// What was paid, in US dollars.
    package static let cost = "cost_dollars"
    /// What was not paid thanks to the cache and to routing, in US dollars.
    package static let saved = "saved_dollars"
}

/// Labels whose values are summed up each day.
package enum Dimension: Int64, CaseIterable, Sendable {
    case model = 1
    case provider, key, user, organisation, channel, video
    case errorType

    /// As events and queries write it.
    package var name: String { self == .errorType ? "error_type" : "\(self)" }

    /// - Returns: `nil` for other labels.
    package init?(name: String) {
        guard let known = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = known
    }
}

extension MetricType {
    /// Whether a type measures what can not be less than nothing: all that the studio itself sends, and whatever names a unit so.
    package static func neverNegative(_ type: String) -> Bool {
        own.contains(type) || ["_seconds", "_bytes", "_total", "_count"].contains { type.hasSuffix($0) }
    }

    private static let own: Set = [
        jobs, jobsFailed, cachedJobs, errors, processingSeconds, waitingSeconds, mediaSeconds, frames, speed, cpuSeconds, bytesIn,
        bytesOut, audioProcessed, videosProcessed, captionsGenerated, runs, runsSucceeded, runSeconds, llmCalls, llmFailed,
        llmSeconds, llmCacheHits, llmFallbacks, inputTokens, outputTokens, cachedTokens, firstTokenSeconds, budgetPercent, cost,
        saved,
    ]
}
