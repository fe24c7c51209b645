import Foundation

extension AgentDataFile {
  /// Puts a file in the place of the one in a folder, after checking all of it: its sizes, and that
  /// every expression is one. Processes read it when they start.
  ///
  /// - Returns: What was installed.
  /// - Throws: ``AgentDataError``; the folder's file is then as it was.
  package static func install(_ path: String, in folder: String) throws(AgentDataError) -> AgentData
  {
    let bytes = try bytes(path)
    let data = try data(bytes, path)
    do throws(AgentDataError) {
      try AgentRules(data).expressions.check()
    } catch {
      throw AgentDataError("\(path): \(error.description)")
    }
    let place = "\(folder)/\(name)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      // Under another name first: a process that starts meanwhile reads the old or the new one.
      try bytes.write(to: URL(fileURLWithPath: place), options: .atomic)
    } catch {
      throw AgentDataError("\(place) cannot be written: \(error.localizedDescription)")
    }
    return data
  }
}
