import Primitives

/// The theme that every installation has.
package enum BuiltInTheme {
  /// The theme as it is listed.
  package static let blank = Theme(
    key: "blank", name: "Blank",
    config: .object([
      "name": .string("Blank"), "author": .string("Martlet"),
      "features": .array([.string("page"), .string("email"), .string("form")]),
    ]))

  /// The archive of the theme.
  package static let archive = ZipWriter.archive([
    (
      "config.json",
      """
      {
        "name": "Blank",
        "author": "Martlet",
        "features": ["page", "email", "form"]
      }

      """
    ),
    ("html/base.html.twig", base), ("html/page.html.twig", block),
    ("html/message.html.twig", message), ("html/form.html.twig", block),
    ("html/email.html.twig", email),
  ])

  private static let base = """
    <!DOCTYPE html>
    <html>
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{pagetitle}</title>
      </head>
      <body>
        {% block content %}{% endblock %}
      </body>
    </html>

    """
  private static let block = """
    {% extends '@themes/'~template~'/html/base.html.twig' %}
    {% block content %}{{ content|default('')|raw }}{% endblock %}

    """
  private static let message = """
    {% extends '@themes/'~template~'/html/base.html.twig' %}
    {% block content %}<h2>{{ message|default('') }}</h2>{{ content|default('')|raw }}{% endblock %}

    """
  private static let email = """
    <!DOCTYPE html>
    <html>
      <head>
        <meta charset="utf-8">
        <title>{subject}</title>
      </head>
      <body>
        {{ content|default('')|raw }}
      </body>
    </html>

    """
}
