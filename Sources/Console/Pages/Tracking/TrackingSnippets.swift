/// The code that websites take over (tracking.md 2).
struct TrackingSnippets: Sendable {
  let page: PageRequest

  /// The code around a script, by its file.
  private func code(_ file: String) -> String {
    """
    <script>
      window.MauticTrackingObject = 'mt';
      window.mt = window.mt || function () { (mt.q = mt.q || []).push(arguments); };
      mt('send', 'pageview');
    </script>
    <script async src="\(page.console.site)/\(file)"></script>
    """
  }

  /// The picture for pages without scripts.
  private var picture: String {
    """
    <img src="\(page.console.site)/mtracking.gif" width="1" height="1" alt="">
    """
  }

  private static let template = Template(
    #"""
    <section class="panel"><header class="panel-head"><div><h2>[[Code for your websites]]</h2><p class="sub">[[Put it at the end of the body of every page.]]</p></div></header><div class="panel-body stack">{{{codeHTML}}}
    <p class="hint">[[If the website is under another address than this installation, name it under Websites, so that its pages learn who their visitor is.]]</p>
    <details class="unfold"><summary>[[Page views alone, by a smaller script]]</summary><div class="stack tight"><p class="hint">[[The light script leaves out forms, dynamic content, focus items and videos.]]</p>{{{lightHTML}}}</div></details>
    <details class="unfold"><summary>[[Without any script]]</summary><div class="stack tight"><p class="hint">[[A picture of one pixel counts the page. Where a page names no referrer, add ?page_url= with its address.]]</p>{{{pictureHTML}}}</div></details></div></section>
    """#)
  private static let box = Template(
    #"""
    <div class="code"><pre tabindex="0"><code id="{{id}}">{{code}}</code></pre><button class="button small" type="button" data-copy="#{{id}}" data-copied="[[Copied]]" aria-label="[[Copy the code]]">[icon:copy][[Copy]]</button></div>
    """#)

  func callAsFunction() -> HTML {
    func box(_ id: String, _ code: String) -> HTML {
      Self.box(["id": id, "code": code], page.texts)
    }
    return Self.template(
      [
        "codeHTML": box("snippet", code("mtc.js")), "lightHTML": box("light", code("mtc-lite.js")),
        "pictureHTML": box("picture", picture),
      ], page.texts)
  }
}
