import API

/// A secret that is shown this once.
struct SecretOnce: Sendable {
  /// What it is and how it is used, in the reader's language.
  let text: String
  /// Names and values to copy; the secret is among them.
  let values: [(name: String, value: String)]
  /// Where the reader goes on, below `/console/`.
  let next: String

  private static let template = Template(
    #"""
    <div class="alert warn" role="status">[icon:warn]<div><strong>[[Shown only this once]]</strong>{{text}}</div></div>
    <section class="panel"><div class="panel-body stack">{{#values}}<div class="field"><span class="label">{{name}}</span><div class="code wrap"><pre><code id="once-{{place}}">{{value}}</code></pre><button class="button small" type="button" data-copy="#once-{{place}}" data-copied="[[Copied]]">[icon:copy][[Copy]]</button></div></div>{{/values}}
    <div><a class="button primary" href="/console/{{next}}">[[I have kept it]]</a></div></div></section>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "text": text, "next": next,
        "values": values.enumerated().map { place, value -> [String: Any] in
          ["place": place, "name": value.name, "value": value.value]
        },
      ], page.texts)
  }
}
