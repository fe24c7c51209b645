import API

/// What a contact has beside the fields: owner, stage and tags.
struct ContactExtras: Sendable {
  let page: PageRequest

  /// The members whose value a form shows.
  static func shown(of record: JSONValue?) -> JSONObject {
    guard let record else { return [:] }
    return [
      "owner": .string(record["owner"]?["id"]?.text ?? ""),
      "stage": .string(record["stage"]?["id"]?.text ?? ""),
    ]
  }

  /// The fields of the form.
  ///
  /// - Parameter sent: What a form that was refused has sent.
  func html(
    _ values: FormValues, _ record: JSONValue?, _ sent: FormBody?
  ) async throws -> HTML {
    let (texts, choices) = (page.texts, ContactChoices(page))
    var fields = [
      FormField("owner", texts("Owner"), .choice(try await choices.owners), isWide: true)
    ]
    if let stages = try await choices.stages {
      fields.append(FormField("stage", texts("Stage"), .choice(stages), isWide: true))
    }
    let suggested = try await choices.tags ?? []
    let had =
      sent == nil
      ? record?["tags"]?.elements?.compactMap { $0["tag"]?.text } ?? [] : Self.list(sent, "tagsHad")
    let kept = Set(sent == nil ? had : Self.list(sent, "tagsKept"))
    let tags = Self.tags(
      [
        "tags": had.map { ["name": $0, "isKept": kept.contains($0)] }, "hasTags": !had.isEmpty,
        "added": sent?.text("tagsAdded") ?? "", "suggested": suggested.map(\.label),
      ], texts)
    return FormView(page: page, sections: [FormSection("", fields)], values: values)() + tags
  }

  /// The tags of a contact as boxes, and a field for more.
  private static let tags = Template(
    #"""
    <fieldset class="group profile-tags"><legend class="label">[[Tags]]</legend>{{#hasTags}}<div class="choices inline">{{#tags}}<label class="choice"><input type="hidden" name="tagsHad[]" value="{{name}}"><input type="checkbox" name="tagsKept[]" value="{{name}}"{{#isKept}} checked{{/isKept}}><span>{{name}}</span></label>{{/tags}}</div>{{/hasTags}}<div class="field"><label class="label" for="f-tagsAdded">[[Add tags]]</label><input class="input" id="f-tagsAdded" name="tagsAdded" value="{{added}}" list="f-tagsAdded-list" aria-describedby="f-tagsAdded-hint" autocomplete="off"><datalist id="f-tagsAdded-list">{{#suggested}}<option value="{{.}}"></option>{{/suggested}}</datalist><p class="hint" id="f-tagsAdded-hint">[[Separated by commas. New tags are made.]]</p></div></fieldset>
    """#)

  private static func list(_ sent: FormBody?, _ name: String) -> [String] {
    sent?.members[name]?.elements?.compactMap(\.text) ?? []
  }

  /// What the user has changed, as the API takes it.
  func members(_ profile: ProfileBody) -> JSONObject {
    var members = JSONObject()
    for name in ["owner", "stage"] {
      if let value = profile.changed(name) { members[name] = value }
    }
    let kept = Set(Self.list(profile.body, "tagsKept"))
    let removed = Self.list(profile.body, "tagsHad").filter { !kept.contains($0) }.map { "-\($0)" }
    let added = profile.body.members["tagsAdded"]?.commaList ?? []
    if !added.isEmpty || !removed.isEmpty {
      members["tags"] = .array((added + removed).map(JSONValue.string))
    }
    return members
  }
}
