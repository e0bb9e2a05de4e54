import AlertingCore
import AnalyticsAPI
import Glibc
import HTTP
import HTTPClient
import Primitives

/// Measures what nobody else would tell of: whether services answer (`service_up`, by `service`), and how much of the disk is free
/// (`disk_free_percent`).
struct Probes: Sendable {
    private let services: [(name: String, url: String)]
    private let folder: String
    private let client = HTTPClient(
        configuration: HTTPClientConfiguration(retry: nil, circuitBreaker: nil, egress: .unrestricted, followRedirects: 0))

    /// - Parameters:
    ///   - list: `name=URL`, separated by commas.
    ///   - folder: on the disk that is looked at.
    init(_ list: String, folder: String) {
        services = list.split(separator: ",").compactMap { entry in
            let parts = entry.filter { !$0.isWhitespace }.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        self.folder = folder
    }

    /// Measures again and again until the task is cancelled.
    func run(_ center: AlertCenter, every interval: Duration) async throws {
        while true {
            await center.take(await measure(), place: nil) {}
            try await Task.sleep(for: interval)
        }
    }

    private func measure() async -> [Measurement] {
        var found = await withTaskGroup(of: Measurement.self) { group in
            for (name, url) in services {
                group.addTask {
                    let request = ClientRequest(.get, url, deadline: .seconds(5), idleTimeout: .seconds(5))
                    let response = try? await client.send(request)
                    response?.body.cancel()
                    return Self.measured(ProbeType.serviceUp, response?.status == .ok ? 1 : 0, [Label("service", name)])
                }
            }
            var all: [Measurement] = []
            for await one in group { all.append(one) }
            return all
        }
        var status = statvfs()
        if statvfs(folder, &status) == 0, status.f_blocks > 0 {
            found.append(Self.measured(ProbeType.diskFree, Double(status.f_bavail) / Double(status.f_blocks) * 100))
        }
        return found
    }

    private static func measured(_ type: String, _ value: Double, _ labels: [Label] = []) -> Measurement {
        Measurement(time: .now(), owner: "studio", script: "alerting.probes", type: type, value: value, labels: labels)
    }
}
