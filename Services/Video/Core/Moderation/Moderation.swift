import FoundationEssentials
import Primitives

/// Has a model rate frames and captions, several in a call and several calls at once, and holds no more pictures than are asked
/// about, and no more than a few mebibytes of them.
struct Moderation {
    struct Settings: Sendable {
        let policy: ModerationPolicy
        let model: String
        let itemsPerCall: Int
        let callsAtOnce: Int
        let maximumTokens: Int?
    }

    /// What could not be rated.
    struct Failure: Sendable {
        let source: ModerationItem.Source
        let time: Double
        let code: String
        let message: String
    }

    /// What came out.
    struct Outcome: Sendable {
        var ratings: [(item: ModerationItem, rating: ModerationQuestion.Rating)] = []
        var usage = ModelClient.Usage()
        var failures: [Failure] = []
    }

    private let settings: Settings
    private var calls: ModelCalls
    private var outcome = Outcome()

    init(_ settings: Settings, client: ModelClient) { (self.settings, calls) = (settings, ModelCalls(client)) }

    /// - Parameter progress: called with the number of items done.
    /// - Throws: `ModelCallError` when nothing could be rated; `VideoError`, `CancellationError`.
    mutating func run(_ items: [ModerationItem], progress: (Int) -> Void) async throws -> Outcome {
        var done = 0
        for round in ModerationRounds(items, itemsPerCall: settings.itemsPerCall, callsAtOnce: settings.callsAtOnce).rounds {
            for (chunk, answer) in zip(round, try await calls.ask(round.map(question))) {
                take(answer, to: chunk)
                done += chunk.count
            }
            progress(done)
        }
        outcome.usage = calls.usage
        if outcome.ratings.isEmpty, let failure = calls.failure { throw ModelCallError.failed(failure) }
        return outcome
    }

    private func question(_ items: [ModerationItem]) throws -> ModerationQuestion {
        var (pictures, texts): ([String], [String]) = ([], [])
        for item in items {
            switch item.content {
            case .text(let text): texts.append(text)
            case .picture(let path):
                let data = try Data(contentsOf: URL(filePath: path))
                guard (1...ModerationItem.largestPicture).contains(data.count) else { throw VideoError.noPictures }
                pictures.append(data.base64EncodedString())
            }
        }
        return ModerationQuestion(
            material: texts.isEmpty ? .pictures(pictures) : .texts(texts), policy: settings.policy, model: settings.model,
            maximumTokens: settings.maximumTokens)
    }

    private mutating func take(_ answer: ModelClient.Outcome<[ModerationQuestion.Rating?]>, to items: [ModerationItem]) {
        for (index, item) in items.enumerated() {
            let (code, message): (String, String)
            switch answer {
            case .answer(let ratings):
                if let rating = ratings[index] {
                    outcome.ratings.append((item, rating))
                    continue
                }
                (code, message) = ("answer-incomplete", "the model's answer leaves this one or one of its scores out")
            case .failure(let failure): (code, message) = (failure.code, failure.message)
            }
            outcome.failures.append(Failure(source: item.source, time: item.time, code: code, message: message))
        }
    }
}
