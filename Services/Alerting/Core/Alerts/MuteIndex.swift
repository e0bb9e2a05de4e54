import Primitives

/// Which alerts nobody is told of now: silences and inhibitions, prepared so that many alerts can be asked about.
struct MuteIndex {
    private struct Sources {
        let inhibition: Inhibition
        /// The values of `equal` of alerts that mute; the second without those that the inhibition could mute as well.
        var all: Set<[String]> = []
        var pure: Set<[String]> = []
    }

    private let silences: [Silence]
    private var sources: [Sources]

    init(silences: some Sequence<Silence>, inhibitions: [Inhibition], alerts: some Sequence<Alert>, now: Timestamp) {
        self.silences = silences.filter { $0.state(at: now) == .active }
        sources = inhibitions.map { Sources(inhibition: $0) }
        guard !sources.isEmpty else { return }
        for alert in alerts where alert.state == .firing {
            for place in sources.indices {
                let inhibition = sources[place].inhibition
                guard inhibition.source.allSatisfy({ $0.fits(alert.labels) }) else { continue }
                let key = inhibition.equal.map { alert.labels[$0] ?? "" }
                sources[place].all.insert(key)
                if !inhibition.target.allSatisfy({ $0.fits(alert.labels) }) { sources[place].pure.insert(key) }
            }
        }
    }

    /// The silences that an alert fits.
    func silences(of labels: LabelSet) -> [Silence] { silences.filter { $0.fits(labels) } }

    /// Whether others make an alert needless. One that is a source itself is muted only by those that it could not mute
    /// (Alertmanager, inhibit/inhibit.go).
    func isInhibited(_ labels: LabelSet) -> Bool {
        sources.contains { one in
            guard one.inhibition.target.allSatisfy({ $0.fits(labels) }) else { return false }
            let isSource = one.inhibition.source.allSatisfy { $0.fits(labels) }
            return (isSource ? one.pure : one.all).contains(one.inhibition.equal.map { labels[$0] ?? "" })
        }
    }

    func isSilenced(_ labels: LabelSet) -> Bool { silences.contains { $0.fits(labels) } }

    func isMuted(_ alert: Alert) -> Bool { isSilenced(alert.labels) || isInhibited(alert.labels) }
}
