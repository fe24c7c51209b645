/// The program that sent the request.
extension AgentReading {
  func client() -> AgentDescription.Client? {
    // Libraries name themselves where nothing else does.
    let library = "library"
    for (type, list) in rules.programs where type != library {
      if let client = program(type, list) { return client }
    }
    if let browser = browser() { return browser }
    for (type, list) in rules.programs where type == library {
      if let client = program(type, list) { return client }
    }
    return nil
  }

  private func program(
    _ type: String, _ list: AgentRules.List<AgentData.Program>
  ) -> AgentDescription.Client? {
    var client = list.first(in: text).map { entry, match in
      AgentDescription.Client(
        type: type, name: match.fill(entry.name),
        version: match.version(entry.version ?? "", parts: versionParts))
    }
    if type == "mobile app", let name = rules.apps[hints.app], name != client?.name {
      client = AgentDescription.Client(type: type, name: name)
    }
    return client.flatMap { $0.name.isEmpty ? nil : $0 }
  }
}
