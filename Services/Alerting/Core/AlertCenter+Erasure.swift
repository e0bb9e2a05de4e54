package import AnalyticsAPI
import Primitives

/// Somebody who is to be forgotten as soon as all is taken that was told of them before.
struct PendingErasure: Sendable {
    let erasure: Erasure
    /// Of the message that asks for it.
    let place: AnalyticsAPI.Delivery.Place
    /// When it came, on the even clock, in milliseconds.
    let received: Int64
    let acknowledge: @Sendable () async -> Void
}

extension AlertCenter {
    /// Forgets a person: what is about them goes, also what waits to be told, and nothing else names them any more. It happens
    /// in a later round, once every stream was heard up to now, so that nothing that was told of them before comes after it.
    /// - Parameters:
    ///   - person: as the value of the labels `owner`, `user`, `key` and `subject`.
    ///   - place: of the message that asks for it.
    ///   - acknowledge: is called when it is on disk that they are forgotten.
    package func erase(
        _ person: String, place: AnalyticsAPI.Delivery.Place, acknowledge: @escaping @Sendable () async -> Void
    ) {
        // One that comes again before it is done is the same.
        guard !erasures.contains(where: { $0.place == place }) else { return }
        erasures.append(
            PendingErasure(
                erasure: Erasure(person: person), place: place, received: clock.now.milliseconds, acknowledge: acknowledge))
    }

    /// Forgets those whose time has come.
    func applyErasures() {
        let due = erasures.prefix { hearing.hasHeard($0.received) }
        guard !due.isEmpty else { return }
        erasures.removeFirst(due.count)
        for one in due {
            finish(one.place, one.acknowledge) { forget(one.erasure) }
        }
        // Whoever watches begins anew, without them.
        watchers.disconnect()
    }

    private func forget(_ erasure: Erasure) {
        evaluator.forget(erasure)
        var gone: Set<String> = []
        for alert in alerts.values {
            if erasure.concerns(alert.labels) {
                alerts[alert.fingerprint] = nil
                unsaved.alerts[alert.fingerprint] = .some(nil)
                gone.insert(alert.fingerprint)
            } else if let other = erasure.spared(alert) {
                alerts[alert.fingerprint] = other
                unsaved.alerts[alert.fingerprint] = other
            }
        }
        for silence in silences.values {
            if erasure.concerns(silence) {
                silences[silence.id] = nil
                unsaved.silences[silence.id] = .some(nil)
            } else if let other = erasure.spared(silence) {
                silences[silence.id] = other
                unsaved.silences[silence.id] = other
            }
        }
        dispatcher.forget(erasure, gone)
        unsaved.erasures.append(erasure)
    }
}
