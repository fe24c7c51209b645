import Foundation
import Testing

@testable import UserAgents

/// Files of data: what is refused, and how one takes another's place.
@Suite struct DataFileTests {
  /// A folder of the test's own, with a small file of data in it.
  private func withFile(
    _ change: (inout [String: Any]) -> Void = { _ in },
    _ body: (_ path: String, _ folder: String) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var content: [String: Any] = [
      "format": 1, "source": "small 1", "bots": [["match": "Crawly", "name": "Crawly"]],
      "vendors": [], "systems": [], "programs": [], "browsers": [], "engines": [], "devices": [],
      "apps": [:], "browserApps": [:], "systemNames": [["AND", "Android"]], "systemFamilies": [:],
      "systemHints": [:], "desktopFamilies": [], "fireVersions": [:], "lineageVersions": [:],
      "browserNames": [], "browserFamilies": [:], "browserHints": [:], "mobileBrowsers": [],
      "televisionClients": [],
    ]
    change(&content)
    let file = folder.appending(path: "new.json")
    try JSONSerialization.data(withJSONObject: content).write(to: file)
    try body(file.path, folder.path)
    try FileManager.default.removeItem(at: folder)
  }

  @Test func takesTheOldOnesPlace() throws {
    try withFile { path, folder in
      let installed = try AgentDataFile.install(path, in: "\(folder)/data")
      #expect(installed.source == "small 1")
      let data = try AgentDataFile.read("\(folder)/data/\(AgentDataFile.name)")
      let parser = UserAgentParser(data)
      #expect(parser.read("a crawly/1.0").bot?.name == "Crawly")
      #expect(parser.read("Googlebot/2.1") == AgentDescription())
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/data")
          == [AgentDataFile.name])
    }
  }

  @Test(arguments: [
    ("format", "2", "format 2: this version reads format 1"),
    ("bots", #"[{"match": "(a", "name": "x"}]"#, "no regular expression"),
    ("bots", #"[{"name": "x"}]"#, "bots.[0]"),
    ("systemNames", #"[["AND"]]"#, "systemNames: not pairs"),
    ("devices", #"[{"list": "toasters", "brands": []}]"#, "toasters"),
  ])
  func refusesWhatIsNoData(part: String, json: String, words: String) throws {
    let value = try JSONSerialization.jsonObject(
      with: Data(json.utf8), options: .fragmentsAllowed)
    try withFile({ $0[part] = value }) { path, folder in
      #expect {
        _ = try AgentDataFile.install(path, in: "\(folder)/data")
      } throws: { "\($0)".contains(words) }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/data"))
    }
  }

  @Test func boundsExpressions() throws {
    let long = String(repeating: "x", count: AgentData.maximumPattern + 1)
    try withFile({ $0["bots"] = [["match": long, "name": "x"]] }) { path, _ in
      #expect {
        _ = try AgentDataFile.read(path)
      } throws: { "\($0)".contains("an expression of 32769 bytes") }
    }
  }

  @Test func boundsTexts() throws {
    let long = String(repeating: "x", count: 501)
    try withFile({ $0["televisionClients"] = [long] }) { path, _ in
      #expect {
        _ = try AgentDataFile.read(path)
      } throws: { "\($0)".contains("televisionClients") }
    }
  }

  @Test func namesAFileThatIsNotThere() {
    #expect {
      _ = try AgentDataFile.read("/nowhere/data.json")
    } throws: { "\($0)".contains("/nowhere/data.json cannot be read") }
  }

  /// Every expression of the real data is one.
  @Test func compilesAllOfTheData() throws {
    let rules = AgentRules(try Assets.data())
    try rules.expressions.check()
    let count = rules.expressions.sources.count
    let always = rules.expressions.index.candidates([]).reduce(0) { $0 + $1.nonzeroBitCount }
    print("\(count) expressions, \(always) of them tried on every agent")
    #expect(always < count / 20)
  }
}
