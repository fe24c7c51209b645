# Reads Swift sources as the checks need them: code without its strings and comments, and the strings.
package Swift;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(text swift_files code strings);

sub text { local (@ARGV, $/) = @_; <> // '' }

# The Swift files below the folders, sorted.
sub swift_files {
  my @found;
  my @folders = @_;
  while (defined(my $folder = shift @folders)) {
    opendir my $entries, $folder or next;
    for (sort grep { !/^\./ } readdir $entries) {
      if (/\.swift$/) { push @found, "$folder/$_" }
      elsif (-d "$folder/$_") { push @folders, "$folder/$_" }
    }
  }
  return sort @found;
}

my (@strings, $line);

# The code of a text: comments and the text of strings left out, interpolations and line ends kept.
sub code {
  local $_ = shift;
  @strings = ();
  $line = 1;
  pos = 0;
  return outside(0);
}

# The string literals of a text as [line, text], interpolations written as `\(…)`; those inside of
# interpolations stand for themselves, before the one that holds them.
sub strings { code(shift); return @strings }

sub outside {
  my ($nested) = @_;
  my ($out, $depth) = ('', 0);
  while (pos() < length) {
    if (/\G[^"\/#()]+/gc) { $out .= $&; $line += $& =~ tr/\n// }
    elsif (m{\G//[^\n]*}gc) { }
    elsif (m{\G(/\*(?:[^*/]++|\*(?!/)|/(?!\*)|(?1))*+\*/)}gc) { $out .= lines($1) }
    elsif (m{\G/(?=[^\s/*=])[^\n/]*[<>\\\[\]][^\n/]*/}gc) { }
    elsif (/\G(#*)("""|")/gc) { $out .= ' "' . inside($1, $2) . '" ' }
    elsif (/\G\(/gc) { $out .= '('; $depth++ }
    elsif (/\G\)/gc) { return $out if $nested && !$depth--; $out .= ')' }
    elsif (/\G./gcs) { $out .= $& }
  }
  return $out;
}

# What of a string is code; the string itself goes to @strings.
sub inside {
  my ($hashes, $quote) = @_;
  my ($kept, $string, $from) = ('', '', $line);
  until (/\G$quote$hashes/gc) {
    last if pos() >= length;
    if (/\G\\$hashes\(/gc) { my $code = outside(1); $kept .= " ($code) "; $string .= "\\($code)" }
    elsif (/\G\\$hashes./gcs || /\G[^"\\]+/gc || /\G./gcs) { $string .= $&; $kept .= lines($&) }
  }
  push @strings, [$from, $string];
  return $kept;
}

sub lines { my $count = $_[0] =~ tr/\n//; $line += $count; return "\n" x $count }

1;
