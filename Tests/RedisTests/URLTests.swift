import TestSupport
import Testing

@testable import Redis

struct URLTests {
  @Test func theFormsOfAnAddress() throws {
    let plain = try RedisConfiguration(url: "redis://cache.example")
    #expect(plain.discovery == .fixed(.tcp(host: "cache.example", port: 6379)))
    #expect(plain.database == 0)
    #expect(plain.password == nil)

    let full = try RedisConfiguration(url: "redis://us%40er:p%3A%2F@[::1]:7000/12")
    #expect(full.discovery == .fixed(.tcp(host: "::1", port: 7000)))
    #expect(full.user == "us@er")
    #expect(full.password == "p:/")
    #expect(full.database == 12)

    let socket = try RedisConfiguration(url: "unix://:secret@/run/redis/redis.sock?db=4")
    #expect(socket.discovery == .fixed(.unix(path: "/run/redis/redis.sock")))
    #expect(socket.password == "secret")
    #expect(socket.database == 4)

    let sentinels = try RedisConfiguration(
      url: "redis+sentinel://u:p@a:1,b,c:3/primary/5?sentinel_password=s")
    #expect(
      sentinels.discovery
        == .sentinels(
          [.tcp(host: "a", port: 1), .tcp(host: "b", port: 26379), .tcp(host: "c", port: 3)],
          master: "primary"))
    #expect(sentinels.user == "u")
    #expect(sentinels.sentinelPassword == "s")
    #expect(sentinels.database == 5)
  }

  @Test(arguments: [
    "", "localhost:6379", "http://x", "redis://", "redis://h:0", "redis://h:99999", "redis://h:x",
    "redis://h/x", "redis://h/-1", "redis://u:%zz@h", "redis://u:%ff@h", "unix://", "unix://host/x",
    "redis+sentinel://a:1", "redis+sentinel://a:1,/m",
  ])
  func whatCannotBeUnderstoodIsRefused(url: String) {
    let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
    #expect(error?.code == .configuration)
  }

  @Test func tlsIsRefusedWithTheReason() {
    let error = #expect(throws: RedisError.self) {
      try RedisConfiguration(url: "rediss://:secret@h:6380/0")
    }
    #expect(error?.code == .tls)
    #expect(error?.message.contains("without: the hiredis it uses, ") == true)
    #expect(error?.message.contains("secret") == false)
  }

  @Test func descriptionsHideThePassword() throws {
    for url in ["redis://u:secret@h:1/2", "redis+sentinel://u:secret@h:1/m", "unix://:secret@/s"] {
      #expect(!"\(try RedisConfiguration(url: url))".contains("secret"))
    }
  }

  @Test(arguments: SeededGenerator.seeds(300))
  func anyTextIsSurvived(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "redis://", "redis+sentinel://", "unix://", "/", ":", "@", "[", "]", "%", "?", "#",
      "db=", "&", ",", "h", "1", "é",
    ]
    let text = (0..<12).compactMap { _ in pieces.randomElement(using: &random) }.joined()
    do throws(RedisError) {
      _ = try RedisConfiguration(url: text)
    } catch {
      #expect(error.code == .configuration)
    }
  }
}
