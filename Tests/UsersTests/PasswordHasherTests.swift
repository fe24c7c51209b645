import Testing

@testable import Users

@Suite("The line of logins") struct PasswordHasherTests {
  /// A flood of one source that fills its line.
  private func flood(_ hasher: PasswordHasher, _ hash: String, from source: String, _ count: Int)
    -> [Task<Bool, any Error>]
  {
    (0..<count).map { _ in
      Task { try await hasher.verify("wrong", against: hash, in: .source(source)) }
    }
  }

  @Test("gives each source its share and its turn")
  func shares() async throws {
    let hasher = PasswordHasher(
      cost: .init(passes: 4, memory: 64 << 20), concurrency: 1, maximumWaiting: 64)
    let hash = try await hasher.hash("right")
    let attackers = flood(hasher, hash, from: "attacker", 200)
    #expect(try await hasher.verify("right", against: hash, in: .source("other")))
    #expect(try await hasher.verify("right", against: hash, in: .familiar))
    var turnedAway = 0
    for attacker in attackers {
      do {
        #expect(try await attacker.value == false)
      } catch PasswordHasher.Failure.lineFull {
        turnedAway += 1
      }
    }
    #expect(turnedAway > 0)
  }

  @Test("turns away sources when it is full, but never passwords that were right lately")
  func familiar() async throws {
    let hasher = PasswordHasher(
      cost: .init(passes: 4, memory: 64 << 20), concurrency: 1, maximumWaiting: 8)
    let hash = try await hasher.hash("right")
    let others = (0..<100).flatMap { flood(hasher, hash, from: "source \($0)", 1) }
    let right = (0..<1).map { _ in
      Task { try await hasher.verify("right", against: hash, in: .familiar) }
    }
    for task in right { #expect(try await task.value) }
    for other in others { _ = await other.result }
  }
}
