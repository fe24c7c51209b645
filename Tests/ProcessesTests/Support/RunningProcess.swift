import Foundation
import TestSupport

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One of the processes, running, with its log.
struct RunningProcess {
  let child: Child

  init(
    _ program: String, _ environment: [String: String], arguments: [String] = []
  ) throws {
    let log = FileManager.default.temporaryDirectory.appending(
      path: "martlet-\(UUID().uuidString).log")
    child = try Child(
      "\(Program.folder)/\(program)", arguments,
      environment: environment.merging(["MARTLET_LOG_FORMAT": "json"]) { $1 }, log: log)
  }

  /// The process ended, or named no port.
  struct NoPort: Error {
    let log: String
  }

  private struct Line: Decodable {
    let message: String
    let port: Int?
  }

  /// The port in the line of the log that says this.
  func port(_ message: String = "operator's port is open") async throws -> Int {
    var found: Int?
    _ = await eventually(within: .seconds(30)) {
      for line in child.output.split(separator: "\n") {
        let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8))
        if line?.message == message { found = line?.port }
      }
      return found != nil || !child.isRunning
    }
    guard let found else { throw NoPort(log: child.output) }
    return found
  }
}

/// The answer of `/readyz`; nil without one.
func ready(_ port: Int) async -> Bool? {
  switch try? await get(port, "/readyz").status {
  case 200: true
  case 503: false
  default: nil
  }
}

/// Asks a process on this machine.
///
/// - Parameter login: Name and password, with a colon between them.
func get(
  _ port: Int, _ path: String, login: String? = nil
) async throws -> (status: Int, body: String) {
  guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw URLError(.badURL) }
  var request = URLRequest(url: url)
  if let login {
    request.setValue(
      "Basic \(Data(login.utf8).base64EncodedString())", forHTTPHeaderField: "Authorization")
  }
  let (data, response) = try await URLSession.shared.data(for: request)
  guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
  return (response.statusCode, String(decoding: data, as: UTF8.self))
}
