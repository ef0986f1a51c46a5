# Runs a command in the process group of this shell and ends the whole group in three cases: the
# command exits, its owner closes our stdin, or its owner dies, which closes it as well.
# Each line on stdin names a signal for the command.
#
# $1: file for the exit code; the rest: the command.
status=$1
shift
exec 3<&0 </dev/null
"$@" 3<&- &
command=$!
{
    while read -r signal <&3; do kill "-$signal" "$command"; done
    kill -KILL 0
} 2>/dev/null &
exec 3<&-
wait "$command"
echo $? >"$status"
kill -KILL 0
