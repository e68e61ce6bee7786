# Loop of a driver in Perl: one order a line on stdin, one reply a line on stdout.
package Serving;
use strict;
use warnings;
use Exporter 'import';
use JSON::PP;

our @EXPORT = ('serve');

# Each order is a function; both modules die with the answer of the server in their text.
sub serve {
    my $orders = shift;
    $| = 1;
    while (my $line = <STDIN>) {
        my $order = decode_json($line);
        my $carry_out = $orders->{ $order->{order} };
        my $reply = $carry_out ? eval { $carry_out->($order) } : { missing => JSON::PP::true };
        if (!$reply) {
            my ($error) = "$@" =~ /\b(invalid_\w+|access_denied)\b/;
            $reply = { error => $error // "$@" };
        }
        print encode_json($reply), "\n";
    }
}

1;
