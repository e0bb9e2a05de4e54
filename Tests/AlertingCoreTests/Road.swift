import AlertingCore
import HTTP
import HTTPClient
import Persistence
import Primitives
import TestSupport

/// A center whose deliveries are made for real, with short waits.
struct Road {
    let folder: TemporaryFolder
    private(set) var database: Database
    private(set) var center: AlertCenter
    private(set) var queue: DeliveryQueue
    let sender: ChannelSender
    private let environment: [String: String]
    private let policy: RetryPolicy
    private var task: Task<Void, any Error>

    /// - Parameter policy: how attempts are spaced.
    init(
        _ text: String, environment: [String: String] = [:], trusting certificate: String? = nil,
        patience: Duration = .seconds(20),
        policy: RetryPolicy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(20), cap: .milliseconds(100))
    ) async throws {
        folder = try TemporaryFolder("alerting")
        (self.environment, self.policy) = (environment, policy)
        sender = ChannelSender(
            egress: .allowing(["127.0.0.1"]), trustedCertificates: certificate, patience: patience
        ) { _ in Bytes("%PDF-1.7".utf8) }
        (database, center, queue, task) = try await Self.begin(folder, text, environment, sender, policy)
    }

    private static func begin(
        _ folder: TemporaryFolder, _ text: String, _ environment: [String: String], _ sender: ChannelSender, _ policy: RetryPolicy
    ) async throws -> (Database, AlertCenter, DeliveryQueue, Task<Void, any Error>) {
        let database = try await Database.open(
            folder.appending("alerting.sqlite"), migrations: AlertingSchema.migrations, durability: .normal)
        let center = AlertCenter(database, url: "http://studio.example/#alerts")
        try await center.load(try AlertFile(Bytes(text.utf8), environment: environment))
        let queue = DeliveryQueue(database)
        let deliverer = Deliverer(center, queue, policy: policy) { [sender] in await sender.send($0) }
        return (database, center, queue, Task { try await deliverer.run() })
    }

    /// The process ends, and another begins.
    mutating func restart(_ text: String) async throws {
        task.cancel()
        _ = try? await task.value
        await database.close()
        (database, center, queue, task) = try await Self.begin(folder, text, environment, sender, policy)
    }

    /// Alerts of a program, judged and told.
    func post(_ count: Int, ended: Bool = false, name: String = "Disk") async throws {
        try await center.post(
            (0..<count).map { number in
                PostedAlert(
                    labels: [
                        "alertname": name, "severity": "critical",
                        "host": "h\(number) <&> \(String(repeating: "x", count: 200))",
                    ],
                    annotations: ["summary": "Full & <broken>", "description": String(repeating: "long ", count: 800)],
                    starts: nil, ends: ended ? Timestamp(milliseconds: 1) : .now().advanced(by: .hours(1)), generatorURL: nil)
            })
        await center.round()
    }

    func ended(_ count: Int) async throws -> [AlertingCore.Delivery] {
        try await eventually("all have ended") {
            let page = try await queue.page(nil, before: nil, limit: 100)
            return page.count == count && page.allSatisfy { $0.state != .waiting }
        }
        return try await queue.page(nil, before: nil, limit: 100).reversed()
    }

    func end() async {
        task.cancel()
        _ = try? await task.value
        await sender.shutdown()
        await database.close()
        folder.remove()
    }
}

/// An alert file with one receiver.
func alertFile(_ channels: String, top: String = "") -> String {
    """
    version: 1
    \(top)
    receivers:
      - name: ops
        \(channels)
    route: {receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1s}
    """
}
