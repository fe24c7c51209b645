import Foundation

/// Martlet's own programs, as an operator starts them, on a database of their own.
package final class BenchCrew {
  /// Where the programs work.
  package struct Place: Sendable {
    /// The folder of the programs.
    package var programs: String
    package var databaseURL: String
    package var redisURL: String
    /// The prefix of the keys in Redis.
    package var prefix: String
    /// The folder of what set-up has fetched; nil for none.
    package var data: String?

    package init(
      programs: String, databaseURL: String, redisURL: String, prefix: String, data: String? = nil
    ) {
      self.programs = programs
      self.databaseURL = databaseURL
      self.redisURL = redisURL
      self.prefix = prefix
      self.data = data
    }

    /// The folder of the program that runs.
    static var ownPrograms: String {
      URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .path
    }
  }

  /// The port of the API.
  let port: Int
  private let place: Place
  private let folder: URL
  private var processes: [Process] = []
  private var api: Process?

  /// - Throws: ``BenchError`` where no port is free.
  package init(_ place: Place) throws {
    self.place = place
    port = try Self.freePort()
    folder = FileManager.default.temporaryDirectory.appending(path: place.prefix)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Brings the schema up to date.
  package func migrate() async throws {
    let process = try start("martlet", ["migrate"])
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    guard process.terminationStatus == 0 else { throw BenchError("martlet migrate has failed") }
  }

  /// Starts a program, such as `martlet-worker`.
  package func start(_ program: String) throws {
    let process = try start(program, [])
    processes.append(process)
    if program == "martlet-api" { api = process }
  }

  /// The resident memory of the API, in bytes; 0 where the system does not tell.
  var memory: Int {
    guard let api,
      let status = FileManager.default.contents(atPath: "/proc/\(api.processIdentifier)/statm")
    else { return 0 }
    let pages = String(decoding: status, as: UTF8.self).split(separator: " ").dropFirst().first
    return (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Has the processes drain and waits for their end.
  package func end() async throws {
    for process in processes where process.isRunning { process.terminate() }
    let latest = ContinuousClock.now + .seconds(40)
    for process in processes {
      while process.isRunning, ContinuousClock.now < latest {
        try await Task.sleep(for: .milliseconds(20))
      }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    processes = []
    try FileManager.default.removeItem(at: folder)
  }

  private func start(_ program: String, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(place.programs)/\(program)")
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment.merge([
      "MARTLET_DATABASE_URL": place.databaseURL, "MARTLET_REDIS_URL": place.redisURL,
      "MARTLET_REDIS_PREFIX": place.prefix, "MARTLET_ADMIN_PORT": "0",
      "MARTLET_HTTP_PORT": "\(port)", "MARTLET_SITE_URL": "http://127.0.0.1:\(port)",
      "MARTLET_MAIL_TRANSPORT": "maildir:\(folder.path)/mail", "MARTLET_LOG_LEVEL": "warning",
      "MARTLET_ENVIRONMENT": "test", "MARTLET_SECRET": String(repeating: "s", count: 32),
    ]) { _, new in new }
    if let data = place.data { environment["MARTLET_DATA"] = data }
    process.environment = environment
    // What they log goes where the benchmark's own errors go; results are on standard output.
    process.standardOutput = FileHandle.standardError
    try process.run()
    return process
  }

  /// A port on which nobody listens.
  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw BenchError("no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
