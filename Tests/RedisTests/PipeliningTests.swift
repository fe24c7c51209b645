import TestSupport
import Testing

@testable import Redis

struct PipeliningTests {
  /// Many tasks share the connection; each gets the reply to its own command.
  @Test func concurrentTasksGetTheirOwnReplies() async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<64 {
        group.addTask {
          for round in 0..<200 {
            let text = "\(task)/\(round)"
            let reply = try await connection.send("ECHO", RedisArgument(text))
            #expect(reply.text == text)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(connection.commandsSent == 64 * 200)
    try await redis.cleanup()
  }

  /// Nothing of another task comes between the commands of a pipeline.
  @Test func aPipelineIsContiguous() async throws {
    let redis = try TestRedis()
    let connection = redis.connection
    let key = redis.key("counter")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          for _ in 0..<50 {
            let commands = [[RedisArgument]](repeating: ["INCR", key], count: 10)
            let numbers = try await connection.pipeline(commands).map { try $0.get().int ?? 0 }
            #expect(numbers == Array(numbers[0]..<numbers[0] + 10))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await connection.send("GET", key).int == 16 * 50 * 10)
    try await redis.cleanup()
  }

  @Test func oneErrorInAPipelineIsTheErrorOfOneCommand() async throws {
    let redis = try TestRedis()
    let results = try await redis.connection.pipeline([
      ["SET", redis.key("a"), "x"], ["INCR", redis.key("a")], ["GET", redis.key("a")],
    ])
    #expect(results[0] == .success(.status("OK")))
    guard case .failure(let error) = results[1] else {
      Issue.record("INCR of a text succeeded")
      return
    }
    #expect(error.code == .server)
    #expect(try results[2].get().text == "x")
    try await redis.cleanup()
  }

  @Test func anEmptyPipelineAsksNothing() async throws {
    let redis = try TestRedis()
    #expect(try await redis.connection.pipeline([]).isEmpty)
    #expect(redis.connection.commandsSent == 0)
    await redis.connection.close()
  }

  /// Replies larger than the socket's buffers, while more is being written.
  @Test func largeRepliesAndLargeCommandsDoNotBlockEachOther() async throws {
    let redis = try TestRedis()
    let payload = [UInt8](repeating: 7, count: 1 << 20)
    let commands = [[RedisArgument]](repeating: ["ECHO", RedisArgument(bytes: payload)], count: 40)
    let results = try await redis.connection.pipeline(commands, timeout: .seconds(30))
    for result in results { #expect(try result.get().bytes?.count == payload.count) }
    try await redis.cleanup()
  }
}
