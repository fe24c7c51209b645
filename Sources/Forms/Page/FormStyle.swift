/// The look of forms (tracking.md 12). It concerns forms with the class `martlet-form` alone, and its selectors weigh
/// nothing, so that any rule of a website wins.
package enum FormStyle {
  /// The sheet of what a form consists of, CSS.
  static let form = String(decoding: PackageResources.mautic_form_css, as: UTF8.self)

  /// The element that brings the sheet into a page.
  static let element = "<style \(mark)>\n\(form)</style>\n"

  /// The attribute by which scripts find the element, so that a page has it once.
  static let mark = "data-martlet-form"

  /// The sheet of the stand-alone page of a form, CSS.
  package static let page = """
    \(document)
    main{max-width:36em;margin:0 auto;padding:clamp(24px,6vw,64px) 20px}
    h1{margin:0 0 8px;font-size:1.75em;line-height:1.25;letter-spacing:-.01em}
    main>.mauticform_wrapper{margin-top:24px}
    \(form)
    """

  /// The sheet of the page in a frame of a website, CSS; the inset leaves room for what shows the focus.
  package static let frame = """
    \(document)
    body{padding:16px}
    \(form)
    """

  private static let document = "body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1d1d1f}"
}
