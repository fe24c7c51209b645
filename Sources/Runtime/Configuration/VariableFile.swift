import Foundation

/// The file that `MARTLET_CONFIG` names: lines `NAME=value`, `#` comments, as systemd's
/// `EnvironmentFile` and a container's env file have them. Quotes around a value are taken off.
enum VariableFile {
  /// - Returns: The variables, and a problem for each line that is no assignment, names an unknown
  ///   variable or one already given.
  static func read(_ path: String) -> ([String: String], [ConfigurationProblem]) {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      return parse(String(decoding: data, as: UTF8.self), path: path)
    } catch {
      let text = "cannot read \(path): \(reason(error))"
      return ([:], [ConfigurationProblem("MARTLET_CONFIG", text)])
    }
  }

  static func parse(_ text: String, path: String) -> ([String: String], [ConfigurationProblem]) {
    var values: [String: String] = [:]
    var problems: [ConfigurationProblem] = []
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in lines.enumerated() {
      var line = String(line).trimmedBlanks
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("export ") { line = String(line.dropFirst(7)).trimmedBlanks }
      let place = "\(path), line \(number + 1)"
      guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
        problems.append(ConfigurationProblem("MARTLET_CONFIG", "\(place): not NAME=value"))
        continue
      }
      let name = String(line[..<equals]).trimmedBlanks
      if !ProcessConfiguration.known.contains(name) {
        let unknown = ProcessConfiguration.unknown(name: name)
        problems.append(ConfigurationProblem(name, "\(unknown.text) (\(place))"))
      } else if values.updateValue(unquoted(line[line.index(after: equals)...]), forKey: name)
        != nil
      {
        problems.append(ConfigurationProblem(name, "is given twice (\(place))"))
      }
    }
    return (values, problems)
  }

  private static func unquoted(_ text: Substring) -> String {
    let text = String(text).trimmedBlanks
    for quote in ["\"", "'"]
    where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return text
  }

  private static func reason(_ error: any Error) -> String {
    (error as? CocoaError)?.code == .fileReadNoSuchFile
      ? "no such file" : error.localizedDescription
  }
}
