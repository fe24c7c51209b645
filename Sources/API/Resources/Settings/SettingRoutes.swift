import Hummingbird

/// `/api/settings` (API page, 11.11): the settings of the product, for administrators.
struct SettingRoutes: Sendable {
  let settings: SettingsService

  var routes: [Route] {
    [
      Route(.get, "/api/settings", needs: .administrator) { _ in
        let all = try await settings.list()
        return APIResponse(json: [
          "total": .int(all.count), "settings": .array(all.map { JSONValue($0) }),
        ])
      }.described("List the settings", answer: "total:integer settings:Setting[]"),
      Route(.get, "/api/settings/{name:text}", needs: .administrator) { request in
        Self.answer(try await setting(request))
      }.described("Get one setting", answer: "setting:Setting"),
      Route(.patch, "/api/settings/{name:text}/edit", needs: .administrator) { request in
        let known = try await setting(request)
        let value = try SettingValue.text(
          try await request.parameters()["value"], for: known.kind)
        return try await set(known.name, value, request)
      }.described("Set a setting", body: "value:any", answer: "setting:Setting"),
      Route(.post, "/api/settings/{name:text}/reset", needs: .administrator) { request in
        try await set(try await setting(request).name, nil, request)
      }.described("Go back to the default of a setting", answer: "setting:Setting"),
    ]
  }

  private func setting(_ request: APIRequest) async throws -> SettingEntry {
    let name = try request.pathText("name")
    guard let found = try await settings.list().first(where: { $0.name == name }) else {
      throw APIError.notFound
    }
    return found
  }

  private func set(
    _ name: String, _ value: String?, _ request: APIRequest
  ) async throws -> APIResponse {
    try await settings.set(name, value, try request.requiredUser.author)
    return Self.answer(try await setting(request))
  }

  private static func answer(_ entry: SettingEntry) -> APIResponse {
    APIResponse(json: ["setting": JSONValue(entry)])
  }
}

extension JSONValue {
  /// A setting.
  init(_ entry: SettingEntry) {
    var (minimum, maximum): (Int?, Int?)
    var choices: [String] = []
    switch entry.kind {
    case .whole(let range): (minimum, maximum) = (range.lowerBound, range.upperBound)
    case .choice(let words): choices = words
    default: break
    }
    self = [
      "name": .string(entry.name), "group": .string(entry.group),
      "type": .string(entry.kind.word),
      "value": SettingValue.json(entry.value, of: entry.kind),
      "default": SettingValue.json(entry.standard, of: entry.kind),
      "isChanged": .bool(entry.value != entry.standard),
      "minimum": JSONValue(minimum), "maximum": JSONValue(maximum),
      "choices": .array(choices.map(JSONValue.string)), "takes": .string(entry.type),
      "effect": .string(entry.effect), "isReadAtStart": .bool(entry.isReadAtStart),
      "command": .string("martlet settings set \(entry.name) VALUE"),
    ]
  }
}
