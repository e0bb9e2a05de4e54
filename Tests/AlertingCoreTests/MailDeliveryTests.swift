import AlertingCore
import FoundationEssentials
import Persistence
import Primitives
import TestSupport
import Testing

/// Mails on their way to servers that refuse, hang and come back.
struct MailDeliveryTests {
    private static func file(_ server: TestMailServer, to recipients: String = "ann@example.org", more: String = "") -> String {
        alertFile(
            "email: [{to: [\(recipients)]}]",
            top: "smtp: {host: 127.0.0.1, port: \(server.port), security: none, from: studio@example.org}") + more
    }

    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd"))
    func aMailServerThatHangsOrIsAwayGetsItOnce() async throws {
        let server = try await TestMailServer.start("none")
        let road = try await Road(
            alertFile(
                "email: [{to: [ann@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: none, from: studio@example.org}"),
            patience: .seconds(10))
        try server.answer("hang")
        try server.answer("421 too busy")
        try await road.post(1)
        for answer in ["hang", "421 too busy", "250"] {
            let mail = try await server.next()
            #expect(mail["answer"]?.stringValue == answer)
        }
        let ended = try await road.ended(1)
        #expect(ended.map(\.state) == [.delivered])
        #expect(ended.allSatisfy { $0.attempts >= 3 })
        #expect(server.count == 3, "one more than those that it would not take")
        await road.end()
        server.stop()
    }

    @Test(
        .enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd"),
        arguments: ["starttls", "tls", "none"]) func mailsArriveOverEachKindOfConnection(_ mode: String) async throws
    {
        let login = mode == "none" ? nil : (user: "studio", password: "a secret: ä")
        let server = try await TestMailServer.start(mode, login: login)
        let access = login.map { ", user: \($0.user), password: \"\($0.password)\"" } ?? ""
        let road = try await Road(
            alertFile(
                "email: [{to: [ann@example.org, bob@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: \(mode), from: studio@example.org, "
                    + "ca_file: \(server.certificate)\(access)}"))
        try server.answer("451 try later")
        try await road.post(1, name: "Größe")
        let refused = try await server.next()
        let mail = try await server.next()
        #expect(refused["answer"] == "451 try later")
        #expect(mail["from"] == "studio@example.org")
        #expect(mail["to"] == ["ann@example.org", "bob@example.org"])
        #expect(mail["secure"] == .bool(mode != "none"))
        #expect(mail["user"] == (login.map { JSONValue.string($0.user) } ?? .null))
        let content = try #require(mail["content"]?.stringValue)
        let delivery = try #require(try await road.ended(1).first)
        #expect(delivery.state == .delivered)
        #expect(delivery.attempts == 2)
        for text in [
            "Subject: =?utf-8?B?", "Message-ID: <\(delivery.id)@example.org>", "multipart/alternative", "text/plain; charset=utf-8",
            "text/html; charset=utf-8", "Auto-Submitted: auto-generated",
        ] { #expect(content.contains(text), "\(text)") }
        #expect(content.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 998 })
        await road.end()
        server.stop()
    }

    /// In both of its texts: in the past, from when to when and for how long, with the zone.
    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd")) func whatIsOverReadsAsOver() async throws {
        let server = try await TestMailServer.start("none")
        let road = try await Road(Self.file(server))
        try await road.post(1)
        #expect(try await body(server.next()).allSatisfy { $0.contains("firing: Full") && $0.contains("since 20") })
        try await road.post(1, ended: true)
        try await eventually("the end is told") {
            await road.center.round()
            return try await road.queue.counts() == ["delivered": 2]
        }
        let end = try await server.next()
        let time = /from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC to \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/
        let parts = try body(end)
        #expect(parts.count == 2)
        for part in parts {
            #expect(part.firstMatch(of: /Over after \d+s\. It was: Full/) != nil, "\(part.prefix(500))")
            #expect(part.firstMatch(of: time) != nil && part.contains("[RESOLVED] Disk"), "\(part.prefix(500))")
        }
        await road.end()
        server.stop()
    }

    /// The texts of a mail.
    private func body(_ mail: JSONValue) throws -> [String] {
        let content = try #require(mail["content"]?.stringValue)
        return content.split(separator: "--=_").compactMap { part in
            guard part.contains("Content-Type: text/"), let start = part.firstRange(of: "\r\n\r\n") else { return nil }
            let letters = String(part[start.upperBound...].filter { !$0.isWhitespace && $0 != "-" })
            return Data(base64Encoded: letters).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd"))
    func aMailServerWithAWrongCertificateGetsNothingUntilItIsTrusted() async throws {
        let server = try await TestMailServer.start("starttls")
        func text(_ more: String) -> String {
            alertFile(
                "email: [{to: [ann@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: starttls, from: studio@example.org\(more)}")
        }
        let road = try await Road(text(""))
        try await road.post(1)
        try await eventually("it was refused") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.failure?.hasPrefix("tls-failed") == true
        }
        await road.center.replace(try AlertFile(Bytes(text(", ca_file: \(server.certificate)").utf8)))
        #expect(try await server.next()["answer"] == "250")
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        #expect(server.count == 1)
        // What the server refuses for good is put aside.
        try server.answer("554 no such mail here")
        _ = try await road.center.test("ops")
        _ = try await server.next()
        let dead = try #require(try await road.ended(2).last)
        #expect(dead.state == .dead)
        #expect(dead.failure?.contains("554") == true)
        #expect(server.count == 2)
        await road.end()
        server.stop()
    }

    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd")) func reportsAreAttached() async throws {
        let server = try await TestMailServer.start("none")
        let road = try await Road(
            alertFile(
                "email: [{to: [ann@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: none, from: studio@example.org}")
                + "\nreports: [{name: daily, every: day, receiver: ops}]")
        await road.center.round()
        #expect(try await road.queue.page(nil, before: nil, limit: 10).isEmpty, "a new one waits for its time")
        // As if the last had been yesterday's, by an earlier process.
        try await road.database.write { try $0.execute("UPDATE report SET last = last - 86400000") }
        let center = AlertCenter(road.database)
        try await center.load(
            try AlertFile(
                Bytes(
                    (alertFile(
                        "email: [{to: [ann@example.org]}]",
                        top: "smtp: {host: 127.0.0.1, port: \(server.port), security: none, from: studio@example.org}")
                        + "\nreports: [{name: daily, every: day, receiver: ops}]").utf8)))
        await center.round()
        let mail = try await server.next()
        let content = try #require(mail["content"]?.stringValue)
        #expect(content.contains("Content-Type: application/pdf"))
        #expect(content.contains("attachment; filename=\"report-"))
        #expect(content.contains("JVBERi0xLjc="))
        await center.round()
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        await road.end()
        server.stop()
    }

    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd"))
    func aMailServerThatIsAwayGetsItOnceWhenItIsBack() async throws {
        let first = try await TestMailServer.start("none")
        first.stop()
        let road = try await Road(Self.file(first))
        try await road.post(1)
        try await eventually("it was tried") {
            let waiting = try await road.queue.page(.waiting, before: nil, limit: 1).first
            return waiting?.attempts ?? 0 >= 2 && waiting?.failure?.hasPrefix("connect-failed") == true
        }
        let server = try await TestMailServer.start("none", port: first.reserved)
        #expect(try await server.next()["answer"] == "250")
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        #expect(server.count == 1)
        await road.end()
        server.stop()
    }

    /// What a server says when it wants less, at each place where it may say so.
    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd"))
    func aMailServerThatIsTooBusyGetsItOnce() async throws {
        let server = try await TestMailServer.start("none")
        try server.answer(sender: "421 too many connections")
        try server.answer(sender: "452 no room")
        try server.answer(recipient: "ann@example.org", "450 come back later")
        try server.answer("452 no room")
        let road = try await Road(Self.file(server))
        try await road.post(1)
        try await eventually("it was refused at each place") {
            let waiting = try await road.queue.page(.waiting, before: nil, limit: 1).first
            return waiting?.attempts ?? 0 >= 4 && waiting?.failure?.contains("450") == true
        }
        #expect(server.count == 0)
        try server.answer(recipient: "ann@example.org", "250 OK")
        #expect(try await server.next()["answer"] == "452 no room")
        #expect(try await server.next()["answer"] == "250")
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        #expect(server.count == 2)
        await road.end()
        server.stop()
    }

    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd"))
    func aMailboxThatIsGoneSilencesNobodyElse() async throws {
        let server = try await TestMailServer.start("none")
        try server.answer(recipient: "bob@example.org", "550 no such user")
        let road = try await Road(Self.file(server, to: "ann@example.org, bob@example.org, eve@example.org"))
        try await road.post(1)
        #expect(try await server.next()["to"] == ["ann@example.org", "eve@example.org"])
        let delivery = try #require(try await road.ended(1).first)
        #expect(delivery.state == .delivered)
        #expect(delivery.failure == "bob@example.org was refused: 550 no such user")
        // Nobody else is left: that is no delivery.
        for name in ["ann", "eve"] { try server.answer(recipient: "\(name)@example.org", "551 moved") }
        _ = try await road.center.test("ops")
        let dead = try #require(try await road.ended(2).last)
        #expect(dead.state == .dead)
        #expect(dead.failure?.contains("ann@example.org was refused: 551 moved") == true)
        #expect(dead.failure?.contains("bob@example.org was refused: 550 no such user") == true)
        await road.end()
        server.stop()
    }

    /// Whoever is put off gets it later, and nobody gets it twice, also when another process goes on with it.
    @Test(.enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd"))
    func whoIsPutOffGetsItLater() async throws {
        let server = try await TestMailServer.start("none")
        try server.answer(recipient: "bob@example.org", "450 greylisted")
        try server.answer(recipient: "eve@example.org", "550 no such user")
        let text = Self.file(server, to: "ann@example.org, bob@example.org, eve@example.org")
        var road = try await Road(text)
        try await road.post(1)
        #expect(try await server.next()["to"] == ["ann@example.org"])
        try await eventually("it is known who has it") {
            let waiting = try await road.queue.page(.waiting, before: nil, limit: 1).first
            return waiting?.failure?.contains("450 greylisted") == true
        }
        try await road.restart(text)
        try server.answer(recipient: "bob@example.org", "250 OK")
        let later = try await server.next()
        #expect(later["to"] == ["bob@example.org"])
        #expect(later["content"]?.stringValue?.contains("To: <ann@example.org>") == true)
        #expect(later["content"]?.stringValue?.contains("References:") == false)
        let delivery = try #require(try await road.ended(1).first)
        #expect(delivery.state == .delivered)
        #expect(delivery.failure == "eve@example.org was refused: 550 no such user")
        #expect(server.count == 2)
        await road.end()
        server.stop()
    }
}
