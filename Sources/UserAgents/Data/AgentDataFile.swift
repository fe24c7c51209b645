import Foundation

/// The file of data in the folder that `MARTLET_DATA` names.
package enum AgentDataFile {
  /// The file's name.
  package static let name = "user-agents.json"
  /// The maximum size of a file in bytes.
  package static let maximumSize = 32 * 1_024 * 1_024

  /// Reads a file and checks the sizes of what it holds.
  ///
  /// - Throws: ``AgentDataError`` for a file that cannot be read, is too large or of another form.
  package static func read(_ path: String) throws(AgentDataError) -> AgentData {
    try data(try bytes(path), path)
  }

  static func bytes(_ path: String) throws(AgentDataError) -> Data {
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      let bytes = try file.read(upToCount: maximumSize + 1) ?? Data()
      try file.close()
      guard bytes.count <= maximumSize else {
        throw AgentDataError("\(path): longer than \(maximumSize) bytes")
      }
      return bytes
    } catch let error as AgentDataError {
      throw error
    } catch {
      throw AgentDataError("\(path) cannot be read: \(error.localizedDescription)")
    }
  }

  static func data(_ bytes: Data, _ path: String) throws(AgentDataError) -> AgentData {
    let data: AgentData
    do {
      data = try JSONDecoder().decode(AgentData.self, from: bytes)
    } catch let error as DecodingError {
      throw AgentDataError("\(path) is no data about user agents: \(text(error))")
    } catch {
      throw AgentDataError("\(path) is no data about user agents: \(error)")
    }
    do throws(AgentDataError) {
      try data.checkSizes()
    } catch {
      throw AgentDataError("\(path): \(error.description)")
    }
    return data
  }

  private static func text(_ error: DecodingError) -> String {
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default: return "\(error)"
    }
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
    return "\(path.joined(separator: ".")): \(context.debugDescription)"
  }
}
